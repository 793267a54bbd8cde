/**
 * Whether an attempt of an activity has no outcome yet, as the database has it: asked before one is begun that a named queue hands out again. Its
 * outcome may have been stored long ago, right before whoever ran it vanished and could not say so to the queue.
 *
 * Not here: keeping it from ending this very moment. Whoever begins it may still be the second; its result is recorded once all the same.
 */
import { isFinal } from '@perdure/engine';
import type { ActivityJob } from './activity-runner.ts';
import { partitionOf } from './partition-of.ts';
import type { DurableStore } from './ports/durable-store.ts';
import { readState, workflowFold } from './stored-state.ts';

type Store = Pick<DurableStore, 'load' | 'loadHistory' | 'messages'>;

/** Among how many waiting messages of its partition a result is looked for. */
const messagesLooked = 1_000;

export async function isStillOpen(store: Store, job: ActivityJob, partitions: number): Promise<boolean> {
  // First, so that a result that is taken up meanwhile is found in the state.
  if (await hasWaitingResult(store, job, partitions)) return false;
  const instance = (await store.load([job.instanceId])).get(job.instanceId);
  if (instance === undefined || instance.executionId !== job.executionId || isFinal(instance.status)) return false;
  const { steps } = await readState(workflowFold, store, instance, undefined, undefined);
  const step = steps.get(job.step);
  if (step?.kind !== 'activity' || step.phase !== 'scheduled') return false;
  return step.attempt === job.attempt && (step.releases ?? 0) === job.releases;
}

/** Whether a result is stored that its instance has not taken up: a busy worker may take a while to. */
export async function hasWaitingResult(
  store: Pick<Store, 'messages'>,
  { instanceId, step, attempt }: ActivityJob,
  partitions: number,
): Promise<boolean> {
  const waiting = await store.messages([partitionOf(instanceId, partitions)], [], messagesLooked);
  return waiting.some(
    ({ instanceId: receiver, body }) =>
      receiver === instanceId &&
      (body.type === 'CompleteTask' || body.type === 'FailTask') &&
      body.step === step &&
      body.attempt === attempt,
  );
}
