import type { EventBody, HistoryEvent } from '@perdure/engine';
import { edgeId, nodeId, portId, type WorkflowDocument } from '@perdure/graph';
import { describe, expect, it } from 'vitest';
import { compareRuns, type RunOfTwo } from './compare-runs.ts';
import { StepFold } from './fold-steps.ts';

function document(...nodes: string[]): WorkflowDocument {
  return {
    formatVersion: 1,
    nodes: nodes.map((id) => ({
      id: nodeId(id),
      type: id === 'start' ? 'start' : 'transform',
      title: id,
      parent: null,
      position: { x: 0, y: 0 },
      config: {},
    })),
    edges: [{ id: edgeId('e1'), source: nodeId('start'), sourcePort: portId('out'), target: nodeId('check') }],
  };
}

const nodes = ['start', 'check', 'refuse', 'pay'];

function run(doc: WorkflowDocument, ...bodies: object[]): RunOfTwo {
  const steps = new StepFold(nodeId('start'));
  const started = {
    type: 'ExecutionStarted',
    executionId: 'x',
    workflow: 'w',
    version: 1,
    input: {},
    tags: [],
    startedBy: 'a',
    parent: null,
  };
  // Plain objects stand for the branded ids.
  steps.apply([started, ...bodies].map((body, i): HistoryEvent => ({ seq: i + 1, at: (i + 1) * 100, ...(body as EventBody) })));
  return { document: doc, steps, now: 10_000 };
}

const at = (node: string, via: string | null = null, step = `${node}#1`) => ({ node, step, frame: '', via });
const condition = (port: string) => ({ type: 'ConditionTaken', port, ...at('check', 'e1') });

describe('compareRuns', () => {
  it('finds nothing between two runs that went the same way, however long they took', () => {
    const events = [condition('yes'), { type: 'TransformCompleted', output: 1, ...at('pay', 'e2') }];
    const { nodes: compared, divergence, onlyOne } = compareRuns(run(document(...nodes), ...events), run(document(...nodes), ...events));
    expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
    expect(divergence).toBeNull();
    expect(onlyOne.size).toBe(0);
  });

  it('names the condition that was left otherwise as the first divergence, and what only one of them reached', () => {
    const comparison = compareRuns(
      run(document(...nodes), condition('yes'), { type: 'StepFailed', failure: { code: 'No', message: 'no' }, ...at('refuse', 'e2') }),
      run(document(...nodes), condition('no'), { type: 'TransformCompleted', output: 1, ...at('pay', 'e3') }),
    );
    expect(comparison.divergence?.node).toBe('check');
    expect(comparison.divergence?.one?.port).toBe('yes');
    expect(comparison.divergence?.other?.port).toBe('no');
    expect(comparison.nodes.map(({ node, differences }) => [node, differences])).toEqual([
      ['start', []],
      ['check', ['path']],
      ['refuse', ['reached']],
      ['pay', ['reached']],
    ]);
    expect([...comparison.onlyOne]).toEqual(['e2']);
    expect([...comparison.onlyOther]).toEqual(['e3']);
  });

  it('finds what only the second run went on to', () => {
    const first = run(document(...nodes), condition('yes'));
    const second = run(document(...nodes), condition('yes'), { type: 'TransformCompleted', output: 1, ...at('pay', 'e2') });
    expect(compareRuns(first, second).divergence).toMatchObject({ node: 'pay', one: null });
  });

  it('tells data, visits and attempts apart, and does not take them for another path', () => {
    const task = { type: 'TaskScheduled', activity: 'http', attempt: 1, input: { n: 1 }, queue: null, ...at('pay') };
    const one = run(document(...nodes), task, { type: 'TaskCompleted', step: 'pay#1', attempt: 1, output: 'a' });
    const other = run(
      document(...nodes),
      { ...task, input: { n: 2 } },
      { type: 'TaskFailed', step: 'pay#1', attempt: 1, failure: { code: 'x', message: 'x' }, retry: true },
      { ...task, attempt: 2, input: undefined },
      { type: 'TaskCompleted', step: 'pay#1', attempt: 2, output: 'b' },
    );
    const comparison = compareRuns(one, other);
    const pay = comparison.nodes.find(({ node }) => node === 'pay');
    expect(pay?.differences).toEqual(['attempts', 'input', 'output']);
    expect([pay?.one?.lengthMs, pay?.other?.lengthMs]).toEqual([100, 300]);
    expect(comparison.divergence).toBeNull();
  });

  it('matches nodes of two versions by their ids and says which are in one only', () => {
    const comparison = compareRuns(run(document('start', 'check', 'old')), run(document('start', 'check', 'new')));
    expect(
      comparison.nodes.filter(({ differences }) => differences.includes('only one version')).map(({ node, one }) => [node, one === null]),
    ).toEqual([
      ['old', false],
      ['new', true],
    ]);
  });

  it('compares large values, which a lean history leaves out, by their size', () => {
    const output = (bytes: number, seq: number) => ({
      type: 'TransformCompleted',
      output: { $omitted: bytes, seq, field: 'output' },
      ...at('pay', 'e2'),
    });
    const differences = (a: object, b: object) =>
      compareRuns(run(document(...nodes), a), run(document(...nodes), b)).nodes.find(({ node }) => node === 'pay')?.differences;
    expect(differences(output(900, 4), output(900, 7))).toEqual([]);
    expect(differences(output(900, 4), output(901, 4))).toEqual(['output']);
  });
});
