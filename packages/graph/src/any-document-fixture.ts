import fc from 'fast-check';
import { standardCatalogue } from './catalogue/catalogue.ts';
import type { JsonObject } from './json.ts';

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
/** For tests: documents that parse and nothing more: containers inside each other, edges to anywhere, configs half right. */
export const anyDocument = fc
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
