import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDocument } from './any-document-fixture.ts';
import { applyDiff, diffDocuments, isEmptyDiff, isSameJson } from './diff-documents.ts';
import { draw } from './document-fixture.ts';
import type { WorkflowDocument } from './document.ts';
import { parseDocument } from './parse-document.ts';

const parsed = anyDocument.map((value) => {
  const read = parseDocument(JSON.parse(JSON.stringify(value)));
  return read.ok ? read.document : draw({ s: 'start' });
});

/** Lists by id, so that only their content is compared. */
const sorted = (document: WorkflowDocument): WorkflowDocument => ({
  ...document,
  nodes: document.nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  edges: document.edges.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
});

describe('diffDocuments', () => {
  it('finds nothing between a document and itself', () => {
    fc.assert(
      fc.property(parsed, (document) => {
        expect(isEmptyDiff(diffDocuments(document, structuredClone(document)))).toBe(true);
      }),
    );
  });

  it('leaves nothing out: applied to the first it gives the second', () => {
    fc.assert(
      fc.property(parsed, parsed, (before, after) => {
        const diff = diffDocuments(before, after);
        expect(sorted(applyDiff(before, diff))).toEqual(sorted(after));
        expect(sorted(applyDiff(structuredClone(before), diff))).toEqual(sorted(after));
      }),
      { numRuns: 300 },
    );
  });

  it('names fields as the inspector does, and tells moving from changing', () => {
    const before = draw({ s: 'start', call: { type: 'http', title: 'Credit check' }, e: 'end' }, ['s -> call', 'call -> e']);
    const after = structuredClone(before);
    const node = after.nodes[1]!;
    node.title = 'Score';
    node.position = { x: 40, y: 0 };
    node.config.url = 'https://other.test/';
    node.retry = { firstRetryInterval: '1s', maxNumberOfAttempts: 3 };
    after.edges.pop();
    const { nodes, edges } = diffDocuments(before, after);
    expect(nodes).toMatchObject([
      {
        kind: 'changed',
        id: 'call',
        fields: [
          { field: 'title', label: 'Title', concerns: 'content', before: 'Credit check', after: 'Score' },
          { field: 'position', label: 'Position', concerns: 'layout' },
          { field: 'config.url', label: 'URL', before: 'https://example.test/', after: 'https://other.test/' },
          { field: 'retry', label: 'Retry', before: undefined },
        ],
      },
    ]);
    expect(edges).toMatchObject([{ kind: 'removed', id: 'e1' }]);
  });

  it('takes the order of keys for a difference inside a config only', () => {
    const before = draw({ s: { type: 'start', config: { inputSchema: { a: 1, b: 2 } } } });
    const after = draw({ s: { type: 'start', config: { inputSchema: { b: 2, a: 1 } } } });
    expect(diffDocuments(before, after).nodes).toHaveLength(1);
    const retried = (retry: object): WorkflowDocument => ({ ...before, nodes: [{ ...before.nodes[0]!, retry: retry as never }] });
    const one = retried({ firstRetryInterval: '1s', maxNumberOfAttempts: 2 });
    const other = retried({ maxNumberOfAttempts: 2, firstRetryInterval: '1s' });
    expect(isEmptyDiff(diffDocuments(one, other))).toBe(true);
  });

  it('follows lists it has never heard of by their ids, and anything else as a whole', () => {
    const base = draw({ s: 'start' });
    const before = {
      ...base,
      remarks: [
        { id: 'a', text: 'x' },
        { id: 'b', text: 'y' },
      ],
      theme: 'plain',
    } as unknown as WorkflowDocument;
    const after = {
      ...base,
      remarks: [
        { id: 'b', text: 'z' },
        { id: 'c', text: 'n' },
      ],
      theme: 'dark',
    } as unknown as WorkflowDocument;
    const diff = diffDocuments(before, after);
    expect(diff.others.map(({ part, changes }) => [part, changes.map(({ kind, id }) => `${kind} ${id}`)])).toEqual([
      ['remarks', ['removed a', 'changed b', 'added c']],
      ['theme', ['changed ']],
    ]);
    expect(applyDiff(before, diff)).toEqual(after);
    expect(applyDiff(after, diffDocuments(after, base))).toEqual(base);
  });

  it('compares JSON whatever the order of keys', () => {
    expect(isSameJson({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
    expect(isSameJson({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(isSameJson({ a: undefined }, { b: undefined })).toBe(false);
    expect(isSameJson([], {})).toBe(false);
    expect(isSameJson([1, 2], [2, 1])).toBe(false);
  });
});
