/**
 * Tells people of their tasks. It follows what commits have written (human_task_change), never the commits themselves: a process without mail
 * costs them one small row.
 *
 * T1 A change is forgotten in the transaction that queues its notices, and every notice is named after task, event and receiver: a crash or a
 *    second look tells nobody twice.
 * T2 Nobody is asked to act on a task that is closed by the time they would be told.
 * T3 What is marked as sensitive is in no notice: a mail box and a receiver of webhooks ask nobody's rights.
 * T4 Tasks for everybody are announced to nobody by mail, those of test runs to nobody at all.
 */
import { findRecipients, tellTaskChanges, type TaskChange } from '@perdure/database/read';
import { queueNotice, type WebhookNotice } from '@perdure/database/write';
import type { HistoryEvent } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { FastifyBaseLogger } from 'fastify';
import { foldersAbove } from '../auth/folder.ts';
import { rolePermissions, roles } from '../auth/permissions.ts';
import type { Installation } from '../installation.ts';
import { testTag } from '../instances/reserved-tags.ts';
import { masksForAnybody } from '../sensitive/mask-of-instance.ts';
import { emailNotice, linkTo, type Letter } from '../outbox/email-notice.ts';
import { type Rounds, startRounds } from '../rounds.ts';
import { taskEventTypes } from './task-event-types.ts';

/** Kinds people can choose about. */
export type TaskNoticeKind = 'task.new' | 'task.assigned' | 'task.reminder' | 'task.mention';

type Parts = Parameters<typeof masksForAnybody>[0] & {
  config: Pick<Installation['config'], 'mail' | 'publicUrl'>;
  folders: Pick<Installation['folders'], 'load'>;
};
type Transaction = Parameters<Parameters<typeof tellTaskChanges>[2]>[0];

export function startTaskNotices(installation: Parts, log: FastifyBaseLogger): Rounds {
  return startRounds({
    everyMs: 1_000,
    round: async (stopping) => {
      while (!stopping.aborted && (await tellOfTasks(installation)) > 0);
    },
    onTrouble: (thrown) => log.warn({ err: thrown }, 'People could not be told of their tasks; the next round tries again.'),
  });
}

/** Queues the notices of up to `limit` changes; gives how many changes there were. */
export async function tellOfTasks(installation: Parts, limit = 50): Promise<number> {
  return tellTaskChanges(installation.database.prisma, { types: taskEventTypes, testTag, limit }, async (tx, change) => {
    if (change.isTest) return;
    const { instanceId: id, workflowKey, version } = change;
    const mask = (await masksForAnybody(installation, [{ id, workflowKey, version }]))(id);
    const shown = { ...change, title: mask(change.title) };
    for (const event of change.events.map((one) => mask(one))) {
      await tellPeople(installation, tx, shown, event);
      if (change.webhook !== null) await queueNotice(tx, webhookOf(installation, shown, event, change.webhook));
    }
  });
}

/** Who is told of the event, how, and why; null: nobody. */
function letterFor(
  change: TaskChange,
  event: HistoryEvent,
): { kind: TaskNoticeKind; names: string[]; subject: string; why: string } | null {
  const { title, holders, candidates } = change;
  switch (event.type) {
    case 'HumanTaskCreated':
      return { kind: 'task.new', names: candidates, subject: title, why: 'A task for you or your group is open.' };
    case 'HumanTaskAssigned': {
      const why = event.kind === 'delegated' ? 'A task was delegated to you.' : 'A task was given to you.';
      return event.to === event.by ? null : { kind: 'task.assigned', names: [event.to], subject: title, why };
    }
    case 'HumanTaskEscalated':
      return { kind: 'task.reminder', names: event.to, subject: `Escalated: ${title}`, why: 'Nobody has decided this task in time.' };
    case 'TimerFired':
      if (event.purpose !== 'reminder') return null;
      return {
        kind: 'task.reminder',
        names: holders.length > 0 ? holders : candidates,
        subject: `Reminder: ${title}`,
        why: 'This task waits for a decision.',
      };
    default:
      return null;
  }
}

async function tellPeople({ config, folders }: Parts, tx: Transaction, change: TaskChange, event: HistoryEvent): Promise<void> {
  const letter = letterFor(change, event);
  if (letter === null || config.mail === null || change.status !== 'open') return;
  const { kind, names, subject, why } = letter;
  const people = await findRecipients(tx, {
    roles: roles.filter((role) => rolePermissions[role].includes('task.decide')),
    folders: foldersAbove((await folders.load()).get(change.workflowKey) ?? ''),
    names,
    kind,
  });
  const excluded = new Set(change.rule?.notBy);
  for (const { id, email } of people) {
    if (excluded.has(id.toLowerCase()) || excluded.has(email.toLowerCase()) || change.voters.includes(id)) continue;
    const facts: [string, string][] = [['Workflow', change.workflowTitle]];
    if (change.dueAt !== null) facts.push(['Due', `${change.dueAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`]);
    if (event.type === 'HumanTaskAssigned' && event.note !== null) facts.push(['Note', event.note]);
    await queueNotice(
      tx,
      emailNotice(config, letterTo(change.taskId, { kind, to: email, subject, why, facts, dedupeKey: keyOf(change, event, id) })),
    );
  }
}

/** A mail about a task; what it links to asks who is reading. */
export function letterTo(
  taskId: string,
  {
    kind,
    to,
    subject,
    why,
    facts,
    dedupeKey,
  }: Pick<Letter, 'to' | 'subject' | 'dedupeKey'> & { kind: TaskNoticeKind; why: string; facts: [string, string][] },
): Letter {
  return {
    kind,
    dedupeKey,
    to,
    subject,
    paragraphs: [why],
    facts,
    action: { label: 'Open task', path: `/inbox?task=${encodeURIComponent(taskId)}` },
    footer: 'What you are told of is chosen in Settings, My account, Notifications.',
  };
}

/** Names the key a workflow's tasks sign with (webhook-keys.ts). */
export function taskSigning(workflowKey: string, generation: number): string {
  return `task/${workflowKey}/${generation}`;
}

function webhookOf({ config }: Parts, change: TaskChange, event: HistoryEvent, url: string): WebhookNotice {
  const { taskId, title, workflowKey, instanceId, webhookGeneration } = change;
  return {
    kind: 'task.webhook',
    channel: 'webhook',
    url,
    dedupeKey: keyOf(change, event, 'webhook'),
    signing: taskSigning(workflowKey, webhookGeneration),
    body: {
      type: nameOf(event),
      at: new Date(event.at).toISOString(),
      task: {
        id: taskId,
        title,
        workflow: workflowKey,
        instance: instanceId,
        url: linkTo(config, `/inbox?task=${encodeURIComponent(taskId)}`),
      },
      ...whatHappened(event),
    },
  };
}

function nameOf(event: HistoryEvent): string {
  if (event.type === 'TimerFired')
    return event.purpose === 'deadline' ? 'task.expired' : event.purpose === 'reminder' ? 'task.reminder' : 'task.late';
  return `task.${event.type.replace('HumanTask', '').toLowerCase()}`;
}

/** Names, not what was entered: that is for who may see the task. */
function whatHappened(event: HistoryEvent): Record<string, Json> {
  switch (event.type) {
    case 'HumanTaskClaimed':
    case 'HumanTaskReleased':
      return { by: event.by };
    case 'HumanTaskAssigned':
      return { by: event.by, to: event.to };
    case 'HumanTaskVoted':
    case 'HumanTaskDecided':
      return { by: event.by, outcome: event.outcome };
    case 'HumanTaskEscalated':
      return { to: event.to };
    default:
      return {};
  }
}

function keyOf({ taskId }: TaskChange, { seq }: HistoryEvent, receiver: string): string {
  return `task/${taskId}/${seq}/${receiver}`;
}
