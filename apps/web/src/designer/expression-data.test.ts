import { expect, test } from 'vitest';
import type { GraphNode, WorkflowDocument } from '@perdure/graph';
import { expressionData, unseenRead, type SampleRun } from './expression-data.ts';

function node(id: string, type: string, config: GraphNode['config'] = {}, parent: string | null = null): GraphNode {
  return { id, type, title: `The ${id}`, parent, position: { x: 0, y: 0 }, config } as GraphNode; // ids are plain texts here
}

function edge(text: string): WorkflowDocument['edges'][number] {
  const [from = '', target = ''] = text.split(' -> ');
  const [source = '', sourcePort = 'out'] = from.split('.');
  return { id: text.replace(/\W+/g, '-'), source, sourcePort, target } as WorkflowDocument['edges'][number]; // as above
}

const document: WorkflowDocument = {
  formatVersion: 1,
  nodes: [
    node('start', 'start', { inputSchema: { type: 'object', properties: { amount: { type: 'number' }, lines: { type: 'array' } } } }),
    node('check', 'http', { method: 'GET', url: 'https://a.test' }),
    node('rates', 'setVariables', { variables: { rate: 2 } }),
    node('each', 'forEach', { items: { expr: 'input.lines' }, mode: 'parallel' }),
    node('inner', 'transform', { value: 1 }, 'each'),
    node('caught', 'transform', { value: 1 }),
  ],
  edges: ['start -> check', 'check -> rates', 'rates -> each', 'each.body -> inner', 'check.error -> caught'].map(edge),
};
const run: SampleRun = {
  name: 'Last run, r1',
  origin: 'run',
  instanceId: 'r1',
  input: { lines: [{ sku: 'a' }] },
  steps: { check: { output: { status: 204 } }, rates: { output: { rate: 2 } }, later: { output: 1 } },
};

const of = (id: string, sample: SampleRun | null) => expressionData(document, document.nodes.find((one) => one.id === id)!.id, sample);

test('inside a for each: the run’s item, what came before, the variables', () => {
  const { scope, roots } = of('inner', run);
  expect(scope).toEqual({
    input: run.input,
    item: { sku: 'a' },
    index: 0,
    vars: { rate: 2 },
    steps: { check: { output: { status: 204 } } },
    instance: { id: 'r1' },
  });
  expect(roots.map(({ path }) => path)).toEqual(['input', 'item', 'index', 'vars.rate', 'steps.check.output']);
});

test('a pinned output stands before a run’s', () => {
  const pinned = {
    ...document,
    nodes: document.nodes.map((one) => (one.id === 'check' ? { ...one, pinned: { output: { status: 500 } } } : one)),
  };
  expect(expressionData(pinned, document.nodes[3]!.id, run).scope['steps']).toEqual({ check: { output: { status: 500 } } });
});

test('before any run the names are known from the schema and the drawing', () => {
  const { scope, shape } = of('each', null);
  expect(scope).toEqual({});
  expect(shape).toMatchObject({ input: { amount: 0, lines: [] }, steps: { check: { output: { status: 200 } } }, vars: { rate: null } });
});

test('on the error path the error is there, and the step that failed may have given nothing', () => {
  const { scope, uncertain } = of('caught', run);
  expect(scope['error']).toMatchObject({ code: expect.any(String) });
  expect(uncertain.has('steps.check')).toBe(true);
});

test('with the values of a schema alone, what steps and variables hold is not made up', () => {
  const ofSchema: SampleRun = { name: 'From the schema', origin: 'schema', instanceId: null, input: { amount: 12 }, steps: {} };
  const { scope, shape } = of('each', ofSchema);
  expect(scope['input']).toEqual({ amount: 12 });
  expect(shape).toMatchObject({ steps: { check: { output: { status: 200 } } } });
  expect(unseenRead('input.amount * 2', scope)).toBeNull();
  expect(unseenRead('input.amount + steps.check.output.status', scope)).toBe('steps.check');
  expect(unseenRead('vars.rate', scope)).toBe('vars.rate');
  expect(unseenRead('steps.check.output.status', of('each', run).scope)).toBeNull();
});
