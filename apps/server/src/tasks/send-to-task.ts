import { setTimeout as sleep } from 'node:timers/promises';
import { sendCommand } from '../instances/send-command.ts';
import { type CommandBody, stepKey } from '@perdure/engine';
import type { TaskRecord } from '@perdure/database/read';
import type { SendResult } from '@perdure/runtime';
import { actorOf, type Identity } from '../auth/identity.ts';
import { accepted } from '../errors/refusal.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import type { TaskHolder } from '../trpc/contract/tasks.ts';
import { findTask } from './find-task.ts';
import { taskRows } from './task-rows.ts';
import { outcomeInWords, timeOfDay } from './task-words.ts';
import { aliasesOf, groupsOf } from './viewer.ts';

type Named<Type extends CommandBody['type'], Given extends string> = Omit<Extract<CommandBody, { type: Type }>, 'step' | 'by' | Given>;

/** Who sends it, and their other names and groups, are added here. */
type TaskCommand =
  | Named<'ClaimHumanTask', 'aliases'>
  | Named<'ReleaseHumanTask', never>
  | Named<'AssignHumanTask', never>
  | Named<'DecideHumanTask', 'aliases' | 'groups'>;

/** Sends a person's command to the instance that owns the task. A refusal says who was faster. */
export async function sendToTask(installation: Installation, identity: Identity, task: TaskRecord, command: TaskCommand): Promise<void> {
  if (task.status !== 'open')
    throw await taskRefusal(installation, identity, task.id, task.status === 'decided' ? 'task.already-decided' : 'task.gone');
  const person =
    command.type === 'ClaimHumanTask'
      ? { aliases: aliasesOf(identity) }
      : command.type === 'DecideHumanTask'
        ? { aliases: aliasesOf(identity), groups: groupsOf(identity) }
        : {};
  const result = await sendCommand(installation, task.instanceId, {
    ...command,
    ...person,
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
  const now = await settled(code, () => findTask(installation, identity, id));
  const [row] = await taskRows(installation, [now]);
  if (!row) throw new Error('A row without its task.');
  if (now.status === 'decided' && now.outcome !== null) {
    const by = row.decidedBy?.name ?? 'Somebody';
    const label = now.outcomes.find(({ port }) => port === now.outcome)?.label;
    const at = now.closedAt ? ` at ${timeOfDay(now.closedAt)}` : '';
    return new RequestError('task.already-decided', `Already decided: ${by} ${outcomeInWords(now.outcome, label)}${at}.`, {
      details: { by: row.decidedBy && { ...row.decidedBy }, outcome: now.outcome, at: row.closedAt },
    });
  }
  if (now.status === 'expired')
    return new RequestError('task.gone', 'The deadline of this task has passed.', { details: { at: row.closedAt } });
  if (now.status === 'cancelled')
    return new RequestError('task.gone', 'This task is not needed any more: the workflow went on without it.', {
      details: { at: row.closedAt },
    });
  const [holder] = row.holders;
  if (holder && !row.holders.some((one) => one.id === actorOf(identity))) {
    const refused = code === 'task.not-claimant' ? 'task.not-claimant' : 'task.already-claimed';
    return new RequestError(refused, heldInWords(row.holders), { details: { by: { id: holder.id, name: holder.name }, at: holder.at } });
  }
  if (code === 'task.not-claimant') return new RequestError('task.not-claimant', 'Nobody has claimed this task. Claim it first.');
  // The list lags behind the instance for a moment.
  return new RequestError(
    code,
    code === 'task.already-decided' ? 'Somebody decided this task just now.' : 'This task has changed just now. Look again.',
  );
}

/** The refusal may come before the row of the winner's commit can be read: that is waited for, so that everybody is told who it was. */
async function settled(code: string, read: () => Promise<TaskRecord>): Promise<TaskRecord> {
  const shows = ({ status, holders }: TaskRecord): boolean =>
    status !== 'open' || (code === 'task.already-claimed' && (holders ?? []).length > 0) || code === 'task.not-claimant';
  for (let looked = 1; ; looked++) {
    const task = await read();
    if (shows(task) || looked === mostLooks) return task;
    await sleep(looksEveryMs);
  }
}

const mostLooks = 40;
const looksEveryMs = 25;

function heldInWords(holders: readonly TaskHolder[]): string {
  const [holder] = holders;
  if (!holder || holders.length > 1) return `${holders.map(({ name }) => name).join(' and ')} have this task.`;
  const at = ` at ${timeOfDay(new Date(holder.at))}`;
  return holder.how === 'claimed' ? `${holder.name} claimed this task${at}.` : `${holder.name} was given this task${at}.`;
}
