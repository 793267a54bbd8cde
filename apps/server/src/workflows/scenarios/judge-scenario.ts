/** Compares what a scenario's run came to with what was expected. Pure: conditions are evaluated by the caller. */
import { canonicalJson, type Json, type NodeId, type Scenario } from '@perdure/graph';
import type { ScenarioDifference } from '../../trpc/contract/workflows.ts';

export interface ScenarioOutcome {
  status: 'Completed' | 'Failed' | 'Terminated' | 'Canceled';
  output: Json;
  failure: { code: string; message: string; node?: string } | null;
  reached: ReadonlySet<NodeId>;
  /** Would have done something outside, and have no pinned data. */
  unpinned: ReadonlySet<NodeId>;
  /** Of `expect.output.condition`: what it gave, or why it could not be evaluated. Absent without a condition. */
  condition?: { ok: true; value: Json } | { ok: false; message: string };
  tookTooLong: boolean;
}

export function judgeScenario({ expect }: Scenario, outcome: ScenarioOutcome, titleOf: (node: NodeId) => string): ScenarioDifference[] {
  const { status, output, failure, reached, condition } = outcome;
  if (outcome.tookTooLong) return [{ what: 'time', message: 'It took longer than a minute and was terminated.' }];
  const differences = [...outcome.unpinned].map((node): ScenarioDifference => ({
    what: 'pins',
    message: `“${titleOf(node)}” has no pinned data, and a scenario does nothing outside. Pin what it gives.`,
    expected: node,
  }));
  if (status !== expect.status) {
    const because = failure === null ? '' : ` ${failure.node === undefined ? '' : `${failure.node}: `}${failure.code}. ${failure.message}`;
    differences.push({
      what: 'status',
      message: `It ended as ${status} instead of ${expect.status}.${because}`,
      expected: expect.status,
      actual: status,
    });
  }
  if (expect.code !== undefined && failure?.code !== expect.code && status === expect.status) {
    const actual = failure?.code ?? null;
    differences.push({
      what: 'code',
      message: `It failed with ${actual ?? 'no code'} instead of ${expect.code}.`,
      expected: expect.code,
      actual,
    });
  }
  // Of a run that ended otherwise the output says nothing.
  if (expect.output !== undefined && status === expect.status) {
    if ('equals' in expect.output) {
      if (canonicalJson(expect.output.equals) !== canonicalJson(output))
        differences.push({ what: 'output', message: 'Its output is another.', expected: expect.output.equals, actual: output });
    } else if (!condition?.ok) {
      differences.push({
        what: 'output',
        message: `The condition could not be evaluated: ${condition?.message ?? 'no result'}`,
        actual: output,
      });
    } else if (condition.value !== true) {
      differences.push({
        what: 'output',
        message: `The condition ${expect.output.condition} gives ${JSON.stringify(condition.value)} instead of true.`,
        actual: output,
      });
    }
  }
  for (const node of expect.through ?? []) {
    if (!reached.has(node)) differences.push({ what: 'through', message: `“${titleOf(node)}” was not reached.`, expected: node });
  }
  return differences;
}
