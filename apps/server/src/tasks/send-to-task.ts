import { sendCommand } from '../instances/send-command.ts';
import { type CommandBody, stepKey } from '@perdure/engine';
import type { TaskRecord } from '@perdure/database/read';
import type { SendResult } from '@perdure/runtime';
import { actorOf, type Identity } from '../auth/identity.ts';
import { accepted } from '../errors/refusal.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { findTask } from './find-task.ts';
import { outcomeInWords, taskRow, timeOfDay } from './task-words.ts';

type TaskCommand =
  | { type: 'ClaimHumanTask' }
  | { type: 'ReleaseHumanTask' }
  | Pick<Extract<CommandBody, { type: 'DecideHumanTask' }>, 'type' | 'outcome' | 'data' | 'comment'>;

/** Sends a person's command to the instance that owns the task. A refusal says who was faster. */
export async function sendToTask(installation: Installation, identity: Identity, task: TaskRecord, command: TaskCommand): Promise<void> {
  if (task.status !== 'open')
    throw await taskRefusal(installation, identity, task.id, task.status === 'decided' ? 'task.already-decided' : 'task.gone');
  const result = await sendCommand(installation, task.instanceId, {
    ...command,
    step: stepKey(task.step),
    by: actorOf(identity),
  });
  if (result.ok) return;
  throw (await raceRefusal(installation, identity, task.id, result)) ?? accepted(result);
}

async function raceRefusal(
  installation: Installation,
  identity: Identity,
  id: string,
  result: Extract<SendResult, { ok: false }>,
): Promise<RequestError | undefined> {
  switch (result.code) {
    case 'task.already-decided':
    case 'task.already-claimed':
    case 'task.not-claimant':
    case 'task.gone':
      return taskRefusal(installation, identity, id, result.code);
    case 'instance.finished':
    case 'instance.unknown':
    case 'stale':
      return taskRefusal(installation, identity, id, 'task.gone');
    default:
      return undefined;
  }
}

async function taskRefusal(
  installation: Installation,
  identity: Identity,
  id: string,
  code: 'task.already-decided' | 'task.already-claimed' | 'task.not-claimant' | 'task.gone',
): Promise<RequestError> {
  const now = await findTask(installation, identity, id);
  const row = taskRow(now);
  if (now.status === 'decided' && now.outcome !== null) {
    const by = row.decidedBy?.name ?? 'Somebody';
    const label = now.outcomes.find(({ port }) => port === now.outcome)?.label;
    const at = now.closedAt ? ` at ${timeOfDay(now.closedAt)}` : '';
    return new RequestError('task.already-decided', `Already decided: ${by} ${outcomeInWords(now.outcome, label)}${at}.`, {
      details: { by: row.decidedBy, outcome: now.outcome, at: row.closedAt },
    });
  }
  if (now.status === 'expired')
    return new RequestError('task.gone', 'The deadline of this task has passed.', { details: { at: row.closedAt } });
  if (now.status === 'cancelled')
    return new RequestError('task.gone', 'This task is not needed any more: the workflow went on without it.', {
      details: { at: row.closedAt },
    });
  if (row.assignee && row.assignee.id !== actorOf(identity)) {
    const at = now.claimedAt ? ` at ${timeOfDay(now.claimedAt)}` : '';
    const refused = code === 'task.not-claimant' ? 'task.not-claimant' : 'task.already-claimed';
    return new RequestError(refused, `${row.assignee.name} claimed this task${at}.`, { details: { by: row.assignee, at: row.claimedAt } });
  }
  if (code === 'task.not-claimant') return new RequestError('task.not-claimant', 'Nobody has claimed this task. Claim it first.');
  // The list lags behind the instance for a moment.
  return new RequestError(
    code,
    code === 'task.already-decided' ? 'Somebody decided this task just now.' : 'This task has changed just now. Look again.',
  );
}
