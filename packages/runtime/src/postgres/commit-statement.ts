/**
 * A batch of items as one prepared statement and its parameters. The statement holds only the parts the batch needs (commit.sql): most
 * batches open no task and send no message, and a part costs the executor its start-up even when it has nothing to do.
 * Not here: what is worth storing, and what the answer means.
 */
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import type { StoredEvent } from '../ports/decider.ts';
import type { HumanTaskRule } from '@perdure/engine';
import type { ClosedTask, CommitItem, OpenedTask, TaskChange } from '../ports/durable-store.ts';
import { textArray } from './array-literal.ts';
import { BooleanColumn, JsonColumn, NumberColumn, TextColumn, type Column } from './columns.ts';

/** At most one item per instance. */
export function commitStatement(items: readonly CommitItem[]): pg.QueryConfig {
  const batch = new Batch();
  for (const item of items) batch.add(item);
  const { name, text, columns } = statementOf(batch.parts);
  return { name, text, values: columns.map((column) => batch.columns[column].literal()) };
}

const optionalParts = ['stepped', 'migrated', 'created', 'checkpoints', 'timers', 'messages', 'tasks'] as const;
type Part = (typeof optionalParts)[number];

class Batch {
  readonly parts = new Set<Part>();
  readonly #partitions = new Set<number>();
  readonly columns = {
    partitions: new NumberColumn(),
    item_id: new TextColumn(),
    item_partition: new NumberColumn(),
    item_epoch: new NumberColumn(),

    step_id: new TextColumn(),
    step_execution: new TextColumn(),
    step_base_seq: new NumberColumn(),
    step_seq: new NumberColumn(),
    step_status: new TextColumn(),
    step_custom_status: new JsonColumn(),
    step_whereabouts: new JsonColumn(),
    step_running: new NumberColumn(),
    step_at: new NumberColumn(),
    step_final: new BooleanColumn(),
    step_checkpoint_seq: new NumberColumn(),

    migrated_id: new TextColumn(),
    migrated_version: new NumberColumn(),
    migrated_versions: new JsonColumn(),

    create_id: new TextColumn(),
    create_partition: new NumberColumn(),
    create_execution: new TextColumn(),
    create_workflow: new TextColumn(),
    create_version: new NumberColumn(),
    create_status: new TextColumn(),
    create_seq: new NumberColumn(),
    create_tags: new TextColumn(),
    create_started_by: new TextColumn(),
    create_parent: new TextColumn(),
    create_parent_step: new TextColumn(),
    create_custom_status: new JsonColumn(),
    create_whereabouts: new JsonColumn(),
    create_running: new NumberColumn(),
    create_at: new NumberColumn(),
    create_final: new BooleanColumn(),
    create_checkpoint_seq: new NumberColumn(),

    event_id: new TextColumn(),
    event_seq: new NumberColumn(),
    event_type: new TextColumn(),
    event_at: new NumberColumn(),
    event_data: new JsonColumn(),

    checkpoint_id: new TextColumn(),
    checkpoint_seq: new NumberColumn(),
    checkpoint_state: new JsonColumn(),

    timer_instance: new TextColumn(),
    timer_id: new TextColumn(),
    timer_partition: new NumberColumn(),
    timer_fire_at: new NumberColumn(),
    cleared_instance: new TextColumn(),
    cleared_timer: new TextColumn(),

    out_sender: new TextColumn(),
    out_partition: new NumberColumn(),
    out_receiver: new TextColumn(),
    out_message: new TextColumn(),
    out_body: new JsonColumn(),
    consumed_instance: new TextColumn(),
    consumed_message: new TextColumn(),
    refused_instance: new TextColumn(),
    refused_message: new TextColumn(),
    refused_refusal: new JsonColumn(),

    opened_instance: new TextColumn(),
    opened_body: new JsonColumn(),
    changed_instance: new TextColumn(),
    changed_body: new JsonColumn(),
    told_instance: new TextColumn(),
    told_task: new TextColumn(),
    told_from: new NumberColumn(),
    told_seq: new NumberColumn(),
  } satisfies Record<string, Column>;

  add(item: CommitItem): void {
    const { columns } = this;
    const { instanceId: id, partition } = item;
    if (!this.#partitions.has(partition)) {
      this.#partitions.add(partition);
      columns.partitions.add(partition);
    }
    columns.item_id.add(id);
    columns.item_partition.add(partition);
    columns.item_epoch.add(item.epoch);
    if (item.create === null) this.#addStep(item);
    else this.#addCreation(item, item.create);
    for (const event of item.events) {
      columns.event_id.add(id);
      columns.event_seq.add(event.seq);
      columns.event_type.add(event.type);
      columns.event_at.add(event.at);
      columns.event_data.addText(eventData(event));
    }
    if (item.checkpoint !== null) {
      this.parts.add('checkpoints');
      columns.checkpoint_id.add(id);
      columns.checkpoint_seq.add(item.seq);
      columns.checkpoint_state.addText(item.checkpoint);
    }
    if (item.timersSet.length + item.timersCleared.length > 0) this.#addTimers(item);
    if (item.messagesOut.length + item.messagesConsumed.length + item.messagesRefused.length > 0) this.#addMessages(item);
    if (item.tasksOpened.length + item.tasksChanged.length + item.tasksClosed.length > 0) this.#addTasks(item);
  }

  #addStep({ instanceId, executionId, baseSeq, seq, row, checkpoint }: CommitItem): void {
    const { columns } = this;
    this.parts.add('stepped');
    columns.step_id.add(instanceId);
    columns.step_execution.add(executionId);
    columns.step_base_seq.add(baseSeq);
    columns.step_seq.add(seq);
    columns.step_status.add(row.status);
    columns.step_custom_status.add(row.customStatus);
    columns.step_whereabouts.add(row.whereabouts);
    columns.step_running.add(row.runningActivities);
    columns.step_at.add(row.at);
    columns.step_final.add(row.final);
    columns.step_checkpoint_seq.add(checkpoint === null ? null : seq);
    if (row.migrations === null) return;
    this.parts.add('migrated');
    columns.migrated_id.add(instanceId);
    columns.migrated_version.add(row.migrations.at(-1)?.version ?? null);
    columns.migrated_versions.addText(JSON.stringify(row.migrations));
  }

  #addCreation(item: CommitItem, create: NonNullable<CommitItem['create']>): void {
    const { columns } = this;
    const { row } = item;
    this.parts.add('created');
    columns.create_id.add(item.instanceId);
    columns.create_partition.add(item.partition);
    columns.create_execution.add(item.executionId);
    columns.create_workflow.add(create.workflow);
    columns.create_version.add(create.version);
    columns.create_status.add(row.status);
    columns.create_seq.add(item.seq);
    columns.create_tags.add(textArray(create.tags));
    columns.create_started_by.add(create.startedBy);
    columns.create_parent.add(create.parent?.instanceId ?? null);
    columns.create_parent_step.add(create.parent?.step ?? null);
    columns.create_custom_status.add(row.customStatus);
    columns.create_whereabouts.add(row.whereabouts);
    columns.create_running.add(row.runningActivities);
    columns.create_at.add(row.at);
    columns.create_final.add(row.final);
    columns.create_checkpoint_seq.add(item.checkpoint === null ? null : item.seq);
  }

  #addTimers({ instanceId, partition, timersSet, timersCleared }: CommitItem): void {
    const { columns } = this;
    this.parts.add('timers');
    for (const { timer, fireAt } of timersSet) {
      columns.timer_instance.add(instanceId);
      columns.timer_id.add(timer);
      columns.timer_partition.add(partition);
      columns.timer_fire_at.add(fireAt);
    }
    for (const timer of timersCleared) {
      columns.cleared_instance.add(instanceId);
      columns.cleared_timer.add(timer);
    }
  }

  #addMessages({ instanceId, messagesOut, messagesConsumed, messagesRefused }: CommitItem): void {
    const { columns } = this;
    this.parts.add('messages');
    for (const message of messagesOut) {
      columns.out_sender.add(instanceId);
      columns.out_partition.add(message.partition);
      columns.out_receiver.add(message.instanceId);
      columns.out_message.add(message.messageId);
      columns.out_body.addText(JSON.stringify(message.body));
    }
    for (const message of messagesConsumed) {
      columns.consumed_instance.add(instanceId);
      columns.consumed_message.add(message);
    }
    for (const { messageId, refusal } of messagesRefused) {
      columns.refused_instance.add(instanceId);
      columns.refused_message.add(messageId);
      columns.refused_refusal.addText(JSON.stringify(refusal));
    }
  }

  #addTasks({ instanceId, baseSeq, seq, tasksOpened, tasksChanged, tasksClosed }: CommitItem): void {
    const { columns } = this;
    this.parts.add('tasks');
    for (const { id } of [...tasksOpened, ...tasksChanged, ...tasksClosed]) {
      columns.told_instance.add(instanceId);
      columns.told_task.add(id);
      columns.told_from.add(baseSeq);
      columns.told_seq.add(seq);
    }
    for (const task of tasksOpened) {
      columns.opened_instance.add(instanceId);
      columns.opened_body.addText(openedTask(task));
    }
    for (const { id, ...change } of tasksChanged) {
      columns.changed_instance.add(instanceId);
      columns.changed_body.addText(JSON.stringify({ id, ...changedTask(change) }));
    }
    for (const task of tasksClosed) {
      columns.changed_instance.add(instanceId);
      columns.changed_body.addText(JSON.stringify(closedTask(task)));
    }
  }
}

/** The event's own fields as they are stored: without what has a column. */
export function eventData(event: StoredEvent): string {
  const text = JSON.stringify(event);
  // The engine makes events with these three in front; cutting them off is cheaper than copying the others.
  const front = `{"seq":${event.seq},"at":${event.at},"type":"${event.type}"`;
  if (text.startsWith(front)) return text[front.length] === ',' ? `{${text.slice(front.length + 1)}` : '{}';
  const { seq: _seq, at: _at, type: _type, ...data } = event;
  return JSON.stringify(data);
}

function changedTask(change: TaskChange | null): object {
  if (change === null) return { changed: false };
  const { node, version, holders, votes, freeSeats, candidates, priority, escalatedAt } = change;
  return {
    changed: true,
    node,
    version,
    assignee: holders[0]?.by ?? null,
    claimed_at: holders[0]?.at ?? null,
    holders,
    holder_ids: holders.map(({ by }) => by),
    votes,
    voter_ids: votes.map(({ by }) => by),
    free_seats: freeSeats,
    candidates,
    priority,
    escalated_at: escalatedAt,
  };
}

function closedTask(task: ClosedTask): object {
  return {
    ...changedTask(task.change),
    id: task.id,
    status: task.status,
    outcome: task.outcome,
    data: task.data,
    comment: task.comment,
    decided_by: task.by,
    closed_at: task.at,
  };
}

function openedTask(opened: OpenedTask): string {
  const { task } = opened;
  return JSON.stringify({
    free_seats: seatsOf(task.rule),
    priority: task.priority,
    candidates: task.candidates,
    node: opened.node,
    version: opened.version,
    ...(opened.change === null ? {} : changedTask(opened.change)),
    ...(opened.closed === null ? {} : closedTask(opened.closed)),
    id: opened.id,
    execution_id: opened.executionId,
    step: opened.step,
    workflow_key: opened.workflow,
    title: task.title,
    description: task.description,
    context: task.context,
    rule: task.rule ?? null,
    schedule: task.schedule ?? null,
    form_schema: task.formSchema,
    outcomes: task.outcomes,
    due_at: task.dueAt,
    deadline_at: task.deadlineAt,
    created_at: opened.at,
  });
}

/** Of a task nobody has voted on. */
function seatsOf(rule: HumanTaskRule | undefined): number {
  return rule === undefined ? 1 : Math.max(rule.needed, rule.requiredGroups.length, 1);
}

interface Statement {
  name: string;
  text: string;
  /** In the order of the parameters. */
  columns: readonly (keyof Batch['columns'])[];
}

const source = readFileSync(new URL('./commit.sql', import.meta.url), 'utf8').replaceAll(/^-- (?!part:).*\n/gm, '');
const statements = new Map<string, Statement>();

function statementOf(parts: ReadonlySet<Part>): Statement {
  const wanted = optionalParts.filter((part) => parts.has(part));
  const name = `commit-${wanted.join('-')}`;
  const known = statements.get(name);
  if (known !== undefined) return known;
  const has = (part: string): boolean => part === 'always' || wanted.some((one) => one === part);
  const [head = '', ...pieces] = source.split(/^-- part: /m);
  const chosen = pieces.flatMap((piece) => {
    const lineEnd = piece.indexOf('\n');
    return piece.slice(0, lineEnd).split(' ').every(has) ? [piece.slice(lineEnd + 1)] : [];
  });
  const columns: (keyof Batch['columns'])[] = [];
  const text = [head, ...chosen].join('').replaceAll(/\$([a-z_]+)(::list)?/g, (_, column: keyof Batch['columns'], list?: string) => {
    if (!columns.includes(column)) columns.push(column);
    const parameter = `$${columns.indexOf(column) + 1}`;
    return list === undefined ? parameter : `string_to_array(${parameter}::text, chr(31), '')`;
  });
  const statement = { name, text, columns };
  statements.set(name, statement);
  return statement;
}
