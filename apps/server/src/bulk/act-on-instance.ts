/** One item of a job: the action, done to one instance. */
import type { BulkJobRecord } from '@perdure/database/bulk';
import { type CommandBody, instanceId, type InstanceState } from '@perdure/engine';
import type { SendResult } from '@perdure/runtime';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { commitMigration } from '../instances/migrate-instance.ts';
import { sendCommand } from '../instances/send-command.ts';
import { requestOf } from './bulk-request.ts';

export interface Outcome {
  /** unknown: it may have been done, or not. */
  state: 'done' | 'skipped' | 'failed' | 'unknown';
  code: string | null;
  message: string | null;
}

/** Events that tell, in the history of an instance, that the action was done to it. */
export const tracesOf: Readonly<Record<BulkJobRecord['action'], readonly string[]>> = {
  suspend: ['ExecutionSuspended'],
  resume: ['ExecutionResumed'],
  terminate: ['ExecutionTerminated'],
  retry: ['ExecutionRewound', 'StepRetried', 'TaskReleased'],
  rewind: ['ExecutionRewound'],
  migrate: ['VersionMigrated'],
  purge: [],
  raiseEvent: ['EventRaised'],
};

/** An item as it was taken up. */
interface ActedOn {
  id: string;
  key: string;
  failed: boolean;
  seq: number;
  /** Whether the job is still this process's: asked at the last moment, since a process may stand still in between. */
  isHeld: () => boolean;
}

/** Of an item, for messages and events: a repetition is recognised by it. */
export function itemKey(job: string, position: number): string {
  return `bulk:${job}:${position}`;
}

export async function actOnInstance(installation: Installation, job: BulkJobRecord, item: ActedOn): Promise<Outcome> {
  try {
    return await act(installation, job, item);
  } catch (thrown) {
    if (thrown instanceof RequestError && thrown.status < 500) return refused(thrown.code, thrown.message);
    return { state: 'unknown', code: 'unavailable', message: 'It could not be said whether this was done.' };
  }
}

const done: Outcome = { state: 'done', code: null, message: null };
const unheld: Outcome = { state: 'unknown', code: 'unavailable', message: 'Another process has taken the job over.' };

async function act(installation: Installation, job: BulkJobRecord, { id, key, failed, seq, isHeld }: ActedOn): Promise<Outcome> {
  const { reason, requestedBy: by } = job;
  const request = requestOf(job);
  const send = async (command: CommandBody, messageId = key) =>
    isHeld() ? outcomeOf(await sendCommand(installation, id, command, messageId)) : unheld;
  switch (request.action) {
    case 'suspend':
      return send({ type: 'Suspend', reason, by });
    case 'resume':
      return send({ type: 'Resume', reason, by });
    case 'terminate':
      return send({ type: 'Terminate', reason, recursive: request.recursive, by });
    case 'rewind':
      return send({ type: 'Rewind', reason, by, seq });
    case 'retry': {
      if (failed) return send({ type: 'Rewind', reason, by, seq });
      const state = await installation.runtime.stateOf(instanceId(id));
      const steps = state === null ? [] : stepsToRetry(state);
      let outcome = refused('step.not-waiting', 'None of its steps waits for another attempt any more.');
      for (const step of steps) {
        const one = await send({ type: 'RetryStep', step, reason, by }, `${key}:${step}`);
        if (outcome.state !== 'done') outcome = one;
      }
      return outcome;
    }
    case 'raiseEvent':
      return send({ type: 'RaiseEvent', id: key, name: request.name, data: request.data, by });
    case 'migrate':
      if (!isHeld()) return unheld;
      await commitMigration(installation, by, { id, version: request.version, reason }, key);
      return done;
    case 'purge': {
      if (!isHeld()) return unheld;
      const result = await installation.runtime.purge(instanceId(id));
      if (result === 'purged') return done;
      return result === 'not-found'
        ? refused('instance.unknown', 'It is not there any more.')
        : refused('instance.not-finished', 'It is still live.');
    }
  }
}

/** In the order in which they were opened. */
function stepsToRetry({ steps }: InstanceState) {
  return [...steps.values()].flatMap((step) =>
    (step.kind === 'activity' && (step.phase === 'backoff' || step.phase === 'quarantined')) ||
    (step.kind === 'subWorkflow' && step.phase === 'backoff')
      ? step.key
      : [],
  );
}

function outcomeOf(result: SendResult): Outcome {
  if (result.ok) return done;
  if (result.code === 'unavailable') return { state: 'unknown', code: result.code, message: result.message };
  return refused(result.code, result.message);
}

/** What changed meanwhile is skipped; everything else has failed. */
const changed: ReadonlySet<string> = new Set([
  'instance.unknown',
  'instance.finished',
  'instance.not-finished',
  'instance.already-suspended',
  'instance.not-suspended',
  'instance.not-failed',
  'instance.changed',
  'step.not-waiting',
  'step.not-quarantined',
  'stale',
]);

function refused(code: string, message: string): Outcome {
  return { state: changed.has(code) ? 'skipped' : 'failed', code, message };
}
