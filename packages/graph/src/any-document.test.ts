import fc from 'fast-check';
import { expect, it } from 'vitest';
import { standardCatalogue, summaryOf } from './catalogue/catalogue.ts';
import { compile } from './compile.ts';
import { canConnect } from './connect-rules.ts';
import { pathAnalyser } from './document-fixture.ts';
import { copyFragment, pasteFragment } from './fragment.ts';
import type { WorkflowDocument } from './document.ts';
import { nodeId, portId } from './ids.ts';
import type { JsonObject } from './json.ts';
import { nodeSize, portPositions } from './node-size.ts';
import { parseDocument } from './parse-document.ts';
import { renameNodeId } from './rename-node.ts';
import { validate } from './validate.ts';

/** Documents that parse and nothing more: containers inside each other, edges to anywhere, configs half right. */
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'ghost'];
const id = fc.constantFrom(...names);
const config = (type: string) => {
  const known = standardCatalogue.get(type);
  const part = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      true,
      2,
      'all',
      '1h',
      'input.a',
      'steps.b.output',
      { expr: 'steps.c.output' },
      [{ key: 'k', label: 'K', when: '1', tone: 'primary' }],
      [{ entity: 'account', key: ['a', 'b'] }],
    ),
  );
  return fc
    .tuple(
      fc.constantFrom<JsonObject>(known?.docs.example.config ?? {}, known?.defaultConfig() ?? {}),
      fc.option(fc.tuple(fc.constantFrom(...(known?.fields.map(({ name }) => name) ?? ['x']), 'other'), part)),
    )
    .map(([base, change]) => (change ? { ...base, [change[0]]: change[1] } : base));
};
const node = fc.constantFrom(...standardCatalogue.types.map(({ key }) => key), 'magic').chain((type) =>
  fc.record(
    {
      type: fc.constant(type),
      title: fc.constantFrom('', 'Step', 'Join'),
      parent: fc.option(id),
      position: fc.constant({ x: 1, y: 2 }),
      config: config(type),
      disabled: fc.boolean(),
      collapsed: fc.boolean(),
      timeout: fc.constantFrom('1m', 'soon'),
    },
    { requiredKeys: ['type', 'title', 'parent', 'position', 'config'] },
  ),
);
const properStart = { type: 'start', title: 'Start', parent: null, position: { x: 1, y: 2 }, config: {} };
const document = fc
  .tuple(
    fc.array(node, { minLength: 1, maxLength: 6 }),
    fc.array(fc.tuple(id, fc.constantFrom('out', 'error', 'body', 'yes', 'otherwise', 'approved', 'k', 'nope'), id), { maxLength: 12 }),
    fc.boolean(),
  )
  .map(([nodes, edges, begins]) => ({
    formatVersion: 1,
    // Half of them begin as they should, so that some compile.
    nodes: (begins ? [properStart, ...nodes.slice(1)] : nodes).map((one, i) => ({ id: names[i], ...one })),
    edges: edges.map(([source, sourcePort, target], i) => ({ id: `e${i}`, source, sourcePort, target })),
  }));

it('gives an answer about any document that parses', () => {
  let compiles = 0;
  fc.assert(
    fc.property(document, (value) => {
      const parsed = parseDocument(JSON.parse(JSON.stringify(value)));
      if (!parsed.ok) return; // a generated config may hold a refused key
      const given: WorkflowDocument = parsed.document;
      const problems = validate(given, pathAnalyser);
      for (const { title, detail } of problems) expect(`${title}|${detail}`).toMatch(/^[^|]+\|.+\S$/s);
      const compiled = compile(given, { analyser: pathAnalyser });
      if (compiled.ok) compiles++;
      // What validation finds no error in can be compiled.
      expect(compiled.ok || problems.some(({ severity }) => severity === 'error')).toBe(true);
      for (const one of given.nodes) {
        expect(nodeSize(one).width).toBeGreaterThan(0);
        expect(portPositions(one).every(({ position }) => Number.isFinite(position.x + position.y))).toBe(true);
        expect(summaryOf(one, 2)).not.toBe('');
        expect(typeof canConnect(given, { source: one.id, sourcePort: portId('out'), target: nodeId('a') }).ok).toBe('boolean');
      }
      const pasted = pasteFragment(given, JSON.stringify(copyFragment(given, [nodeId('b'), nodeId('c')])), {
        parent: null,
        position: { x: 0, y: 0 },
      });
      expect(pasted.ok && parseDocument(pasted.document).ok).toBe(true);
      expect(renameNodeId(given, nodeId('a'), nodeId('renamed')).ok).toBe(true);
    }),
    { numRuns: 1500 },
  );
  expect(compiles).toBeGreaterThan(0);
});
