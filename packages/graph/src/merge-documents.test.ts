import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDocument } from './any-document-fixture.ts';
import { diffDocuments, isEmptyDiff } from './diff-documents.ts';
import { draw } from './document-fixture.ts';
import type { GraphNode, WorkflowDocument } from './document.ts';
import { edgeId, nodeId, portId } from './ids.ts';
import { indexGraph } from './graph-index.ts';
import { mergeDocuments } from './merge-documents.ts';
import { parseDocument } from './parse-document.ts';
import { checkStructure } from './structure.ts';

const base = () =>
  draw({ s: 'start', a: 'timer', b: 'timer', box: 'scope', inner: { type: 'timer', parent: 'box' }, e: 'end' }, [
    's -> a',
    'a -> b',
    'b -> box',
    'box.body -> inner',
    'box -> e',
  ]);

function edited(change: (document: WorkflowDocument, node: (id: string) => GraphNode) => void): WorkflowDocument {
  const document = base();
  change(document, (id) => document.nodes.find((node) => node.id === nodeId(id))!);
  return document;
}

const reasons = (mine: WorkflowDocument, theirs: WorkflowDocument): string[] => {
  const merged = mergeDocuments(base(), mine, theirs);
  return merged.ok ? [] : merged.conflicts.map(({ node, reason }) => `${node ?? ''}: ${reason}`);
};

describe('mergeDocuments', () => {
  it('brings changes of different nodes together', () => {
    const mine = edited((_, node) => void (node('a').title = 'Mine'));
    const theirs = edited((document, node) => {
      node('b').config.until = '2h';
      document.nodes.push({ ...node('e'), id: nodeId('late') });
    });
    const merged = mergeDocuments(base(), mine, theirs);
    expect(merged).toMatchObject({ ok: true });
    const titles = merged.ok ? merged.document.nodes.map(({ id, title }) => `${id} ${title}`) : [];
    expect(titles).toEqual(['s s', 'a Mine', 'b b', 'box box', 'inner inner', 'e e', 'late e']);
  });

  it('lets one side move what the other changes, but not both change it', () => {
    const moved = edited((_, node) => void (node('a').position = { x: 9, y: 9 }));
    const retitled = edited((_, node) => void (node('a').title = 'Mine'));
    const merged = mergeDocuments(base(), moved, retitled);
    expect(merged.ok && merged.document.nodes[1]).toMatchObject({ title: 'Mine', position: { x: 9, y: 9 } });
    expect(
      reasons(
        retitled,
        edited((_, node) => void (node('a').title = 'Theirs')),
      ),
    ).toEqual(['a: Both sides changed it.']);
    expect(reasons(retitled, retitled)).toEqual([]);
  });

  it('refuses what one side removed and the other changed, or led to', () => {
    const removed = edited((document) => {
      document.nodes = document.nodes.filter(({ id }) => id !== nodeId('e'));
      document.edges = document.edges.filter(({ target }) => target !== nodeId('e'));
    });
    expect(
      reasons(
        removed,
        edited((_, node) => void (node('e').title = 'Done')),
      ),
    ).toEqual(['e: One side removed it, the other changed it.']);
    const led = edited(
      (document) => void document.edges.push({ id: edgeId('n'), source: nodeId('a'), sourcePort: portId('error'), target: nodeId('e') }),
    );
    expect(reasons(removed, led)).toEqual([expect.stringMatching(/^a?: Together they do not fit/)]);
  });

  it('refuses two ways on from one port, which would be a split nobody drew', () => {
    const insert = (id: string) =>
      edited((document, node) => {
        document.nodes.push({ ...node('b'), id: nodeId(id) });
        document.edges = document.edges.filter((edge) => edge.id !== edgeId('e1'));
        document.edges.push({ id: edgeId(`a-${id}`), source: nodeId('a'), sourcePort: portId('out'), target: nodeId(id) });
        document.edges.push({ id: edgeId(`${id}-b`), source: nodeId(id), sourcePort: portId('out'), target: nodeId('b') });
      });
    expect(reasons(insert('x'), insert('y'))).toEqual(['a: Both sides changed where a leads.']);
    expect(reasons(insert('x'), insert('x'))).toEqual([]);
  });

  it('refuses containers that end up inside each other', () => {
    const two = (change: (nodes: GraphNode[]) => void): WorkflowDocument => {
      const document = draw({ s: 'start', p: 'scope', q: 'scope' });
      change(document.nodes);
      return document;
    };
    const merged = mergeDocuments(
      two(() => undefined),
      two((nodes) => void (nodes[1]!.parent = nodeId('q'))),
      two((nodes) => void (nodes[2]!.parent = nodeId('p'))),
    );
    expect(merged).toMatchObject({ ok: false, conflicts: [{ node: 'p' }, { node: 'q' }] });
  });

  const parsed = anyDocument.map((value) => {
    const read = parseDocument(JSON.parse(JSON.stringify(value)));
    return read.ok ? read.document : draw({ s: 'start' });
  });
  const edits = fc.array(
    fc.record({ at: fc.nat(5), to: fc.nat(5), what: fc.constantFrom('title', 'move', 'disable', 'remove', 'connect', 'cut', 'into') }),
    { maxLength: 3 },
  );
  const edit = (document: WorkflowDocument, list: readonly { at: number; to: number; what: string }[]): WorkflowDocument => {
    const next = structuredClone(document);
    for (const { at, to, what } of list) {
      const node = next.nodes[at % next.nodes.length]!;
      const target = document.nodes[to % document.nodes.length]!.id;
      if (what === 'title') node.title = `Title ${to}`;
      if (what === 'move') node.position = { x: to, y: at };
      if (what === 'disable') node.disabled = to > 2;
      if (what === 'remove' && next.nodes.length > 1) next.nodes = next.nodes.filter((one) => one !== node);
      if (what === 'connect')
        next.edges = [...next.edges, { id: edgeId(`n${at}${to}${next.edges.length}`), source: node.id, sourcePort: portId('out'), target }];
      if (what === 'cut') next.edges = next.edges.filter((_, i) => i !== to);
      if (what === 'into') node.parent = target;
    }
    return next;
  };

  it('is the other side when one is unchanged, and does not care which is called mine', () => {
    let merges = 0;
    fc.assert(
      fc.property(parsed, edits, edits, (one, mine, theirs) => {
        const [two, three] = [edit(one, mine), edit(one, theirs)];
        for (const merged of [mergeDocuments(one, two, one), mergeDocuments(one, one, two), mergeDocuments(one, two, two)])
          expect(merged.ok && isEmptyDiff(diffDocuments(merged.document, two))).toBe(true);
        const [there, back] = [mergeDocuments(one, two, three), mergeDocuments(one, three, two)];
        expect(there.ok).toBe(back.ok);
        if (!there.ok || !back.ok) return;
        merges++;
        // Edges both drew keep the id of the side called mine.
        expect(diffDocuments(there.document, back.document).nodes).toEqual([]);
        const codes = (document: WorkflowDocument) =>
          checkStructure(indexGraph(document)).map(({ code, node }) => `${code} ${/start|duplicate/.test(code) ? '' : node}`);
        const known = new Set([...codes(two), ...codes(three)]);
        expect(codes(there.document).filter((code) => !known.has(code))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(merges).toBeGreaterThan(50);
  });
});
