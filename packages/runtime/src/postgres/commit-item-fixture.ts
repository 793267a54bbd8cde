import { executionId, frameId, instanceId, stepKey, type HistoryEvent } from '@perdure/engine';
import { nodeId } from '@perdure/graph';
import { partitionOf } from '../partition-of.ts';
import type { CommitItem, DurableStore, MessageFate, OpenedTask, OutgoingMessage } from '../ports/durable-store.ts';

const at = 1_700_000_000_123;

export const allPartitions: readonly number[] = Array.from({ length: 64 }, (_, id) => id);

/** An id in another partition than `other`, by search. */
export function elsewhere(other: string): string {
  for (let i = 0; ; i += 1) if (partitionOf(`${other}${i}`, 64) !== partitionOf(other, 64)) return `${other}${i}`;
}

/** An item that creates a running instance with two events. Tests change what they are about. */
export function creation(id: string, epoch: number, rest: Partial<CommitItem> = {}): CommitItem {
  const instance = instanceId(id);
  const execution = executionId(`x-${id}`.slice(0, 20));
  const events: HistoryEvent[] = [
    {
      seq: 1,
      at,
      type: 'ExecutionStarted',
      executionId: execution,
      workflow: 'w',
      version: 1,
      input: null,
      tags: [],
      startedBy: 'test',
      parent: null,
    },
    { seq: 2, at, type: 'EventAwaited', name: 'go', step: stepKey('wait#1'), node: nodeId('wait'), frame: frameId(''), via: null },
  ];
  return {
    instanceId: instance,
    partition: partitionOf(id, 64),
    epoch,
    executionId: execution,
    baseSeq: 0,
    seq: 2,
    events,
    row: { status: 'Running', customStatus: null, whereabouts: null, runningActivities: 0, at, final: false, migrations: null },
    create: { workflow: 'w', version: 1, tags: [], startedBy: 'test', parent: null, replace: [] },
    checkpoint: null,
    timersSet: [],
    timersCleared: [],
    messagesOut: [],
    messagesConsumed: [],
    messagesRefused: [],
    tasksOpened: [],
    tasksChanged: [],
    tasksClosed: [],
    ...rest,
  };
}

/** An item that appends one event to what `before` stored. */
export function step(before: CommitItem, rest: Partial<CommitItem> = {}): CommitItem {
  const seq = before.seq + 1;
  return {
    ...creation(before.instanceId, before.epoch),
    executionId: before.executionId,
    baseSeq: before.seq,
    seq,
    events: [raised(seq, seq)],
    create: null,
    ...rest,
  };
}

export function raised(
  seq: number,
  data: HistoryEvent & { type: 'EventRaised' } extends { data: infer Data } ? Data : never,
): HistoryEvent {
  return { seq, at: at + seq, type: 'EventRaised', id: `e${seq}`, name: 'other', data, by: 'test' };
}

export function message(from: string, to: string, name: string): OutgoingMessage {
  return { partition: partitionOf(to, 64), instanceId: instanceId(to), messageId: name, body: { type: 'Cancel', reason: from } };
}

export function opened(name: string, rest: Partial<OpenedTask> = {}): OpenedTask {
  return {
    id: name,
    step: 'ask#1',
    node: 'ask',
    executionId: 'x',
    workflow: 'w',
    version: 1,
    task: {
      title: 'T',
      description: null,
      context: { a: 1 },
      candidates: ['ann', 'b"ob'],
      priority: 50,
      formSchema: null,
      outcomes: [],
      dueAt: 5_000,
      deadlineAt: null,
    },
    at: 1_000,
    change: null,
    closed: null,
    ...rest,
  };
}

export function historyOf(store: DurableStore, instance: string): Promise<HistoryEvent[]> {
  return store.historyAfter(instanceId(instance), 0, 1_000);
}

export async function fateOf(store: DurableStore, messageId: string): Promise<MessageFate | undefined> {
  return (await store.messageFates([messageId])).get(messageId);
}
