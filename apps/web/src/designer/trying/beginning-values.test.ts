import { nodeId, type WorkflowDocument } from '@perdure/graph';
import { expect, test } from 'vitest';
import { valuesToEdit, valuesToSend } from './beginning-values.ts';

const document: WorkflowDocument = {
  formatVersion: 1,
  nodes: [{ id: nodeId('b'), type: 'http', title: 'b', parent: null, position: { x: 0, y: 0 }, config: {}, pinned: { output: 'pinned' } }],
  edges: [],
};
const large = { $payload: 'h', $preview: '…', bytes: 99_999 };
const past = { instanceId: 'i', input: { n: 1 }, outputs: { a: 2, c: large }, vars: { v: 3 } };
const all = { input: true, steps: null, vars: null };

test('values come from the past run, else from pins; what is too large stays as it was', () => {
  const read = { input: true, steps: [nodeId('a'), nodeId('b'), nodeId('c')], vars: ['v', 'w'] };
  expect(valuesToEdit(read, past, document)).toEqual({
    values: { input: { n: 1 }, steps: { a: 2, b: 'pinned' }, vars: { v: 3, w: null } },
    kept: ['steps.c'],
  });
  expect(valuesToEdit(all, past, document).values).toEqual({ input: { n: 1 }, steps: { a: 2 }, vars: { v: 3 } });
  expect(valuesToEdit({ input: false, steps: [], vars: [] }, null, document).values).toEqual({});
});

test('only what differs from the past run is sent; without one, everything', () => {
  const edited = { input: { n: 1 }, steps: { a: 5 }, vars: { v: 3 } };
  expect(valuesToSend(edited, past)).toEqual({ outputs: { a: 5 } });
  expect(valuesToSend(edited, null)).toEqual({ input: { n: 1 }, outputs: { a: 5 }, vars: { v: 3 } });
  expect(valuesToSend([], past)).toBeNull();
  expect(valuesToSend({ step: {} }, past)).toBeNull();
});
