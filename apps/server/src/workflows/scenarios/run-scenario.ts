/**
 * Runs one scenario: a test run of a snapshot, with the scenario's pins before those of the draft, its events raised at once (each is kept
 * until a step asks for it), and its human tasks decided as they open. Ends within a minute: then the run is terminated and has failed.
 *
 * Nothing is done outside: a step that would, and has no pinned data, fails, and the scenario with it.
 */
import { type HistoryEvent, instanceId, isFinal, type StepKey } from '@perdure/engine';
import { readHistory } from '@perdure/database/read';
import { type Json, type NodeId, type PortId, pinsOf, type Scenario, type WorkflowDocument } from '@perdure/graph';
import { RequestError } from '../../errors/request-error.ts';
import type { Installation } from '../../installation.ts';
import { withPayloads, withPreviews } from '../../instances/payloads.ts';
import { sendCommand } from '../../instances/send-command.ts';
import { startInstance } from '../../instances/start-instance.ts';
import type { ScenarioResult } from '../../trpc/contract/workflows.ts';
import { scenarioPinRefusal } from '../test-runs/run-draft.ts';
import { judgeScenario, type ScenarioOutcome } from './judge-scenario.ts';

export interface SnapshotOfDraft {
  key: string;
  version: number;
  document: WorkflowDocument;
  actor: string;
}

const limitMs = 60_000;
const lookEveryMs = 500;
const pageSize = 500;

export async function runScenario(
  installation: Installation,
  snapshot: SnapshotOfDraft,
  scenario: Scenario,
  allowedMs = limitMs,
): Promise<ScenarioResult> {
  const began = performance.now();
  const result = (id: string | null, differences: ScenarioResult['differences']): ScenarioResult => ({
    id: scenario.id,
    title: scenario.title,
    passed: differences.length === 0,
    instanceId: id,
    differences,
    ms: Math.round(performance.now() - began),
  });
  const refusal = scenarioPinRefusal(snapshot.document, scenario.pins ?? {});
  if (refusal !== null) return result(null, [{ what: 'start', message: refusal }]);
  let id: string;
  try {
    ({ id } = await startInstance(installation, {
      workflowKey: snapshot.key,
      version: snapshot.version,
      input: scenario.input,
      startedBy: snapshot.actor,
      test: { pins: { ...pinsOf(snapshot.document), ...scenario.pins }, fastForward: scenario.fastForward, pinnedOnly: true },
    }));
  } catch (refused) {
    // An input that does not fit is an answer about the scenario.
    if (refused instanceof RequestError && refused.status < 500) return result(null, [{ what: 'start', message: refused.message }]);
    throw refused;
  }
  for (const [i, { name, data }] of (scenario.events ?? []).entries()) {
    await sendCommand(installation, id, { type: 'RaiseEvent', id: `${id}-scenario-${i}`, name, data, by: snapshot.actor });
  }
  const outcome = await accompany(installation, id, snapshot.actor, scenario, began + allowedMs);
  const { condition } = { condition: undefined, ...(await conditionOf(installation, scenario, outcome)) };
  const titleOf = (node: NodeId): string => snapshot.document.nodes.find((one) => one.id === node)?.title ?? node;
  const differences = judgeScenario(scenario, condition ? { ...outcome, condition } : outcome, titleOf);
  for (const difference of differences) {
    if (difference.actual !== undefined)
      difference.actual = await withPreviews(shortened(difference.actual), installation.runtime.payloads);
  }
  return result(id, differences);
}

/** Follows the history, decides tasks, and gives what it came to. */
async function accompany(
  installation: Installation,
  id: string,
  actor: string,
  scenario: Scenario,
  until: number,
): Promise<ScenarioOutcome> {
  const { database, runtime } = installation;
  const reached = new Set<NodeId>();
  const unpinned = new Set<NodeId>();
  const watch = wakeable();
  const stopWatching = runtime.watchInstance(instanceId(id), watch.wake);
  let after = 0;
  let last: HistoryEvent | undefined;
  try {
    for (;;) {
      const read = await readHistory(database.prisma, id, after, pageSize);
      if (!read) return { status: 'Terminated', output: null, failure: null, reached, unpinned, tookTooLong: false };
      for (const event of read.events) {
        last = event;
        after = event.seq;
        if ('node' in event) reached.add(event.node);
        if (event.type === 'StepFailed' && event.failure.code === 'NotPinned') unpinned.add(event.node);
        if (event.type === 'TimerCreated' && event.opening) reached.add(event.opening.node);
        if (event.type === 'HumanTaskCreated') await decide(installation, id, event.step, scenario, event.node, actor);
      }
      if (read.more) continue;
      if (isFinal(read.head.storedStatus) && last !== undefined) return outcomeOf(installation, last, { reached, unpinned });
      const leftMs = until - performance.now();
      if (leftMs <= 0) break;
      await watch.sleep(Math.min(leftMs, lookEveryMs));
    }
  } finally {
    stopWatching();
  }
  await sendCommand(installation, id, { type: 'Terminate', reason: 'The scenario took too long.', by: actor, recursive: true });
  return { status: 'Terminated', output: null, failure: null, reached, unpinned, tookTooLong: true };
}

async function decide(
  installation: Installation,
  id: string,
  step: StepKey,
  { decisions = {} }: Scenario,
  node: NodeId,
  by: string,
): Promise<void> {
  const decision = Object.hasOwn(decisions, node) ? decisions[node] : undefined;
  if (!decision) return;
  const outcome: PortId = decision.outcome;
  await sendCommand(installation, id, { type: 'DecideHumanTask', step, outcome, data: decision.data ?? {}, comment: null, by });
}

async function outcomeOf(
  installation: Installation,
  last: HistoryEvent,
  { reached, unpinned }: Pick<ScenarioOutcome, 'reached' | 'unpinned'>,
): Promise<ScenarioOutcome> {
  if (last.type === 'ExecutionTerminated')
    return { status: 'Terminated', output: last.output, failure: null, reached, unpinned, tookTooLong: false };
  if (last.type !== 'ExecutionCompleted') throw new Error(`A finished history ends with ${last.type}.`);
  const output = await withPayloads(last.output, installation.runtime.payloads);
  return { status: last.status, output, failure: last.failure ?? null, reached, unpinned, tookTooLong: false };
}

async function conditionOf(
  installation: Installation,
  { expect, input }: Scenario,
  { output }: ScenarioOutcome,
): Promise<Pick<ScenarioOutcome, 'condition'>> {
  if (expect.output === undefined || 'equals' in expect.output) return {};
  const evaluated = await installation.evaluateOver(expect.output.condition, { output, input });
  return { condition: evaluated.ok ? { ok: true, value: evaluated.value } : { ok: false, message: evaluated.message } };
}

/** A result is for reading. */
function shortened(value: Json): Json {
  const text = JSON.stringify(value);
  return text.length <= shownLength ? value : { $preview: text.slice(0, 2_000), bytes: text.length };
}

const shownLength = 64 * 1024;

function wakeable(): { wake: () => void; sleep: (ms: number) => Promise<void> } {
  let wake: () => void = () => undefined;
  let isAwake = false;
  return {
    wake: () => {
      isAwake = true;
      wake();
    },
    async sleep(ms) {
      if (!isAwake) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      isAwake = false;
    },
  };
}
