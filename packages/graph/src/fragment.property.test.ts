import fc from 'fast-check';
import { expect, it } from 'vitest';
import { draw } from './document-fixture.ts';
import { copyFragment, pasteFragment, type Fragment } from './fragment.ts';
import type { NodeId } from './ids.ts';
import { newDocument } from './new-node.ts';
import { parseDocument } from './parse-document.ts';
import { renameReferences } from './step-references.ts';

/** Every way an expression names a step, in containers two deep, with names that begin alike. */
const source = draw(
  {
    s: 'start',
    quote: 'http',
    quote_2: { type: 'http', config: { method: 'GET', url: { expr: '"/q/" & steps.quote.output.body.id' } } },
    check: { type: 'condition', config: { cases: [{ key: 'yes', label: 'Yes', when: 'steps.quote.output > steps.quote_2.output' }] } },
    each: { type: 'forEach', config: { items: { expr: 'steps.`quote`.output.lines' }, mode: 'sequential' } },
    group: { type: 'scope', parent: 'each' },
    line: {
      type: 'http',
      parent: 'group',
      config: {
        method: 'POST',
        url: 'https://example.test/',
        body: { a: { expr: 'steps.quote.output.a & "steps.quote"' }, b: 'steps.quote' },
      },
    },
    done: { type: 'setVariables', parent: 'each', config: { variables: { n: { expr: 'steps.line.output.n + steps.each.output' } } } },
    all: 'join',
    e: 'end',
  },
  [
    's -> quote',
    'quote -> quote_2',
    'quote_2 -> check',
    'check.yes -> each',
    'check.otherwise -> all',
    'each.body -> group',
    'group.body -> line',
    'group -> done',
    'each -> all',
    'all -> e',
  ],
);
const selection = fc.subarray(
  source.nodes.map(({ id }) => id),
  { minLength: 1 },
);
const place = { parent: null, position: { x: 0, y: 0 } };

/** A fragment as it reads when ids are given others; places apart, which a paste chooses. */
function comparable({ nodes, edges }: Fragment, renamed: ReadonlyMap<NodeId, NodeId>) {
  const as = (id: NodeId): NodeId => renamed.get(id) ?? id;
  return {
    nodes: nodes.map((node) => {
      const { position: _, ...rest } = renameReferences(node, renamed);
      return { ...rest, id: as(node.id), parent: node.parent && as(node.parent) };
    }),
    edges: edges.map(({ source: from, sourcePort, target }) => ({ from: as(from), sourcePort, to: as(target) })),
  };
}

it('what is copied, pasted and copied again is the same, under ids that everything inside follows', () => {
  fc.assert(
    fc.property(selection, (chosen) => {
      const copied = copyFragment(source, chosen);
      const pasted = pasteFragment(source, JSON.stringify(copied), place);
      if (!pasted.ok) throw new Error(JSON.stringify(pasted.problems));
      expect(parseDocument(pasted.document).ok).toBe(true);
      const added = pasted.document.nodes.slice(source.nodes.length);
      // Nothing that was there has changed.
      expect(pasted.document.nodes.slice(0, source.nodes.length)).toEqual(source.nodes);
      const renamed = new Map(copied.nodes.map(({ id }, i): [NodeId, NodeId] => [id, added[i]!.id])); // one for each, in order
      const again = copyFragment(pasted.document, pasted.pasted);
      expect(comparable(again, new Map())).toEqual(comparable(copied, renamed));
    }),
    { numRuns: 200 },
  );
});

it('where all ids are free, a paste changes none', () => {
  fc.assert(
    fc.property(selection, (chosen) => {
      const copied = copyFragment(source, chosen);
      const pasted = pasteFragment(newDocument(), JSON.stringify(copied), place);
      if (!pasted.ok) throw new Error(JSON.stringify(pasted.problems));
      expect(comparable(copyFragment(pasted.document, pasted.pasted), new Map())).toEqual(comparable(copied, new Map()));
    }),
    { numRuns: 200 },
  );
});

it('what is no workflow JSON is refused with words, and what half is one never harms the document', () => {
  const part = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(...source.nodes.slice(0, 3)), fc.constantFrom(...source.edges));
  const halfRight = fc.record({ fragment: fc.constant(1), nodes: fc.array(part), edges: fc.array(part) }, { requiredKeys: [] });
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    halfRight.map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(text, (clipboard) => {
      const pasted = pasteFragment(source, clipboard, place);
      if (pasted.ok) expect(parseDocument(pasted.document).ok).toBe(true);
      else for (const { title, detail } of pasted.problems) expect(`${title}: ${detail}`).toMatch(/^[A-Z].{5,}: .{5,}[.”]$/s);
    }),
    { numRuns: 400 },
  );
});

it('nodes that hold each other in a ring come out of it', () => {
  const ring = draw({ a: { type: 'scope', parent: 'b' }, b: { type: 'scope', parent: 'a' }, c: { type: 'http', parent: 'b' } });
  const pasted = pasteFragment(newDocument(), JSON.stringify(ring), place);
  expect(pasted.ok && pasted.document.nodes.slice(1).map(({ id, parent }) => [id, parent])).toEqual([
    ['a', null],
    ['b', null],
    ['c', 'b'],
  ]);
});
