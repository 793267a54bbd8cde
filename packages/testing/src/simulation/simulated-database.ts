/**
 * The durable store in memory, for simulations: what the Postgres adapter promises (S1–S5 of the port, checked by the same contract suite)
 * without a server. Every call does all it does at once; delays, failures and lost answers are the simulated network's.
 *
 * A statement sees the rows as they were before it, as in Postgres: what one commit sets, the same commit cannot clear.
 * Values are kept as texts and parsed anew for every reader, so that nobody shares an object with anybody.
 */
import { executionId, instanceId, isFinal, type HistoryEvent, type InstanceId, type InstanceStatus, type TimerId } from '@perdure/engine';
import type { EntityTypeDocument, Json, WorkflowDocument } from '@perdure/graph';
import type {
  AcceptedStart,
  ClaimCount,
  CommitItem,
  CommitVerdict,
  DueTimer,
  DurableStore,
  InstanceCreation,
  InstanceHead,
  MessageFate,
  OutgoingMessage,
  StoredHistory,
  StoredInstance,
  StoredMessage,
  TimerCursor,
  UnfinishedAttempt,
} from '@perdure/runtime';
import { RowCheck, type Evidence, type TaskRow, type Verdict } from '../check-rows.ts';
import { SimulatedClaims } from './simulated-claims.ts';
import { SimulatedLeases } from './simulated-leases.ts';
import { SimulatedMail } from './simulated-mail.ts';
import { SimulatedTasks } from './simulated-tasks.ts';
import { SimulatedTimers, type SimulatedTimer } from './simulated-timers.ts';

interface Instance {
  id: InstanceId;
  partition: number;
  executionId: string;
  workflow: string;
  version: number;
  status: InstanceStatus;
  seq: number;
  customStatus: string;
  checkpointSeq: number;
  runningActivities: number;
  completedAt: Date | null;
  parent: InstanceCreation['parent'];
  /** Text of each event, by seq - 1. */
  events: string[];
  checkpoints: Map<number, string>;
}

const finalStatuses: readonly InstanceStatus[] = ['Completed', 'Failed', 'Terminated', 'Canceled'];

export class SimulatedDatabase implements DurableStore {
  readonly leases: SimulatedLeases;
  /** Told of every item that was stored, at the moment it was, with the timers it cleared as they had been. */
  onStored: (item: CommitItem, cleared: readonly SimulatedTimer[]) => void = () => {};
  readonly #clock: () => number;
  readonly #instances = new Map<InstanceId, Instance>();
  readonly #timers = new SimulatedTimers();
  readonly #mail: SimulatedMail;
  readonly #tasks = new SimulatedTasks();
  readonly #claims: SimulatedClaims;
  readonly #payloads = new Map<string, { json: Uint8Array<ArrayBuffer>; keptAt: number }>();
  readonly #versions = new Map<string, string[]>();
  readonly #entityTypes = new Map<string, { version: number; document: string }>();

  /** @param clock epoch ms */
  constructor(clock: () => number, partitions = 64) {
    this.#clock = clock;
    this.#mail = new SimulatedMail(clock);
    this.leases = new SimulatedLeases(clock, partitions, async (partition, cursor, limit) =>
      this.#unfinishedWork(partition, cursor, limit),
    );
    this.#claims = new SimulatedClaims((partition) => this.leases.isHeld(partition));
  }

  publish(workflow: string, document: WorkflowDocument): number {
    const versions = this.#versions.get(workflow) ?? [];
    this.#versions.set(workflow, versions);
    return versions.push(JSON.stringify(document));
  }

  async now(): Promise<number> {
    return this.#clock();
  }

  async commit(items: readonly CommitItem[]): Promise<CommitVerdict[]> {
    const live = items.map((item) => this.leases.isHeld(item));
    // Postgres decides about the whole batch before it writes any of it.
    const hasMessages = items.map((item) => item.messagesConsumed.every((messageId) => this.#mail.has(messageId)));
    const passing = items.filter((item, i) => live[i] === true && hasMessages[i] === true && this.#passes(item));
    for (const item of passing) this.#refuseTwice(item);
    for (const item of passing) this.#store(item);
    return items.map((item, i) => {
      if (live[i] !== true) return 'lost-partition';
      if (hasMessages[i] !== true) return 'message-gone';
      return passing.includes(item) ? 'stored' : 'conflict';
    });
  }

  #passes(item: CommitItem): boolean {
    const row = this.#instances.get(item.instanceId);
    if (item.create === null) return row !== undefined && row.seq === item.baseSeq && row.executionId === item.executionId;
    return row === undefined || (isFinal(row.status) && item.create.replace.some((status) => status === row.status));
  }

  /** A primary key there is already fails the statement, and with it the whole batch. */
  #refuseTwice(item: CommitItem): void {
    const known = this.#instances.get(item.instanceId);
    const replaced = item.create !== null;
    for (const { timer } of item.timersSet)
      if (!replaced && this.#timers.has(item.instanceId, timer)) throw duplicateKey(`timer ${timer} of ${item.instanceId}`);
    if (item.checkpoint !== null && !replaced && known?.checkpoints.has(item.seq) === true)
      throw duplicateKey(`checkpoint ${item.seq} of ${item.instanceId}`);
  }

  #store(item: CommitItem): void {
    const { instanceId: id, create, row } = item;
    if (create !== null) {
      this.#purgeIf(id, create.replace);
      this.#instances.set(id, pending(id, item, create));
    }
    const instance = this.#instances.get(id);
    if (instance === undefined) throw new Error(`${id} passed without a row.`);
    instance.status = row.status;
    instance.version = row.migrations?.at(-1)?.version ?? instance.version;
    instance.seq = item.seq;
    instance.customStatus = JSON.stringify(row.customStatus);
    instance.runningActivities = row.runningActivities;
    if (item.events.length > 0 || !row.final) instance.completedAt = row.final ? new Date(row.at) : null;
    for (const event of item.events) instance.events.push(JSON.stringify(event));
    if (item.checkpoint !== null) {
      instance.checkpointSeq = item.seq;
      instance.checkpoints.set(item.seq, item.checkpoint);
    }
    const cleared = this.#timers.delete(id, item.timersCleared);
    for (const { timer, fireAt } of item.timersSet) this.#timers.set({ instanceId: id, timer, partition: item.partition, fireAt });
    const consumed = item.messagesConsumed.filter((messageId) => this.#mail.has(messageId));
    const refused = item.messagesRefused.filter(({ messageId }) => this.#mail.has(messageId));
    for (const message of item.messagesOut) this.#mail.send(message);
    this.#mail.delete(consumed);
    for (const { messageId, refusal } of refused) this.#mail.refuse(messageId, refusal);
    this.#tasks.store(item);
    this.onStored(item, cleared);
  }

  async stored(items: readonly CommitItem[]): Promise<Set<CommitItem>> {
    return new Set(
      items.filter((item) => {
        const last = item.events.at(-1);
        const instance = this.#instances.get(item.instanceId);
        if (last === undefined || instance?.executionId !== item.executionId) return false;
        return instance.events[last.seq - 1] === JSON.stringify(last);
      }),
    );
  }

  async load(ids: readonly InstanceId[]): Promise<Map<InstanceId, StoredInstance>> {
    return new Map(
      ids.flatMap((id) => {
        const row = this.#instances.get(id);
        if (row === undefined) return [];
        const { partition, workflow, version, status, seq, checkpointSeq } = row;
        const parent = row.parent === null ? null : { instanceId: row.parent.instanceId, step: row.parent.step };
        return [[id, { id, partition, executionId: executionId(row.executionId), workflow, version, status, seq, checkpointSeq, parent }]];
      }),
    );
  }

  async loadHistory(wanted: readonly { id: InstanceId; checkpointSeq: number; after: number }[]): Promise<Map<InstanceId, StoredHistory>> {
    return new Map(
      wanted.map(({ id, checkpointSeq, after }) => {
        const instance = this.#instances.get(id);
        const checkpoint = after === checkpointSeq ? instance?.checkpoints.get(checkpointSeq) : undefined;
        const events = (instance?.events ?? []).slice(after).map(parsedEvent);
        return [id, { checkpoint: checkpoint === undefined ? null : (JSON.parse(checkpoint) as Json), events }];
      }),
    );
  }

  async historyAfter(id: InstanceId, afterSeq: number, limit: number): Promise<HistoryEvent[]> {
    return this.history(id).slice(afterSeq, afterSeq + limit);
  }

  async seqs(ids: readonly InstanceId[]): Promise<Map<InstanceId, number>> {
    return new Map([...(await this.load(ids))].map(([id, { seq }]) => [id, seq]));
  }

  async dueTimers(partitions: readonly number[], cursor: TimerCursor | null, limit: number): Promise<DueTimer[]> {
    return this.#timers.due(this.#clock(), partitions, cursor, limit);
  }

  async nearTimers(partitions: readonly number[], horizonMs: number, limit: number): Promise<number[]> {
    return this.#timers.moments(this.#clock() + horizonMs, partitions, limit);
  }

  async deleteTimers(id: InstanceId, timers: readonly TimerId[]): Promise<void> {
    this.#timers.delete(id, timers);
  }

  async messages(partitions: readonly number[], except: readonly string[], limit: number): Promise<StoredMessage[]> {
    return this.#mail.waiting(partitions, except, limit);
  }

  async deleteMessages(messageIds: readonly string[]): Promise<void> {
    this.#mail.delete(messageIds);
  }

  async deleteUndeliverable(messageIds: readonly string[]): Promise<void> {
    this.#mail.deleteUndeliverable(messageIds, (id) => {
      const receiver = this.#instances.get(id);
      return receiver !== undefined && !isFinal(receiver.status);
    });
  }

  async deleteOldRefusals(): Promise<void> {
    this.#mail.deleteOldRefusals();
  }

  async refuseMessages(messageIds: readonly string[], refusal: Json): Promise<void> {
    for (const messageId of messageIds) this.#mail.refuse(messageId, refusal);
  }

  async accept(starts: readonly AcceptedStart[], messages: readonly OutgoingMessage[]): Promise<{ taken: Set<InstanceId> }> {
    const taken = new Set<InstanceId>();
    for (const { message, creation } of starts) {
      this.#purgeIf(message.instanceId, creation.replace);
      if (this.#instances.has(message.instanceId)) continue;
      if (this.#mail.has(message.messageId)) throw duplicateKey(message.messageId);
    }
    for (const { message, executionId: execution, creation } of starts) {
      const id = message.instanceId;
      if (this.#instances.has(id)) continue;
      taken.add(id);
      this.#instances.set(id, pending(id, { partition: message.partition, executionId: execution }, { ...creation, parent: null }));
      this.#mail.send(message);
    }
    for (const message of messages) this.#mail.send(message);
    return { taken };
  }

  async messageFates(messageIds: readonly string[]): Promise<Map<string, MessageFate>> {
    return new Map(messageIds.map((messageId) => [messageId, this.#mail.fateOf(messageId)]));
  }

  async withdrawMessage(messageId: string): Promise<boolean> {
    return this.#mail.withdraw(messageId);
  }

  async countClaims(attempts: readonly UnfinishedAttempt[], most: number): Promise<ClaimCount[]> {
    return attempts.map((attempt) => this.#claims.count(attempt, most));
  }

  async markDied(attempt: UnfinishedAttempt): Promise<void> {
    this.#claims.markDied(attempt);
  }

  async sweepClaims(): Promise<void> {
    this.#claims.sweep((id, execution) => {
      const instance = this.#instances.get(id);
      return instance?.executionId === execution && !isFinal(instance.status);
    });
  }

  async purge(id: InstanceId): Promise<'purged' | 'not-found' | 'not-finished'> {
    if (!this.#instances.has(id)) return 'not-found';
    return this.#purgeIf(id, finalStatuses) ? 'purged' : 'not-finished';
  }

  async purgeUnchanged(heads: readonly InstanceHead[]): Promise<InstanceId[]> {
    const unchanged = heads.filter(({ instanceId: id, executionId, seq }) => {
      const instance = this.#instances.get(id);
      const hasRunningChild = [...this.#instances.values()].some(({ parent, status }) => parent?.instanceId === id && !isFinal(status));
      return instance?.executionId === executionId && instance.seq === seq && !hasRunningChild;
    });
    return unchanged.flatMap(({ instanceId: id }) => (this.#purgeIf(id, finalStatuses) ? [id] : []));
  }

  #purgeIf(id: InstanceId, statuses: readonly InstanceStatus[]): boolean {
    const instance = this.#instances.get(id);
    if (instance === undefined || !statuses.includes(instance.status)) return false;
    this.#instances.delete(id);
    for (const table of [this.#timers, this.#mail, this.#tasks, this.#claims]) table.purge(id);
    return true;
  }

  async latestVersion(workflow: string): Promise<number | null> {
    return this.#versions.get(workflow)?.length ?? null;
  }

  async versionDocument(workflow: string, version: number): Promise<WorkflowDocument | null> {
    const text = this.#versions.get(workflow)?.[version - 1];
    return text === undefined ? null : (JSON.parse(text) as WorkflowDocument); // written from one
  }

  saveEntityType(name: string, document: EntityTypeDocument): void {
    this.#entityTypes.set(name, { version: (this.#entityTypes.get(name)?.version ?? 0) + 1, document: JSON.stringify(document) });
  }

  async entityType(name: string): Promise<{ version: number; document: EntityTypeDocument } | null> {
    const stored = this.#entityTypes.get(name);
    return stored === undefined ? null : { version: stored.version, document: JSON.parse(stored.document) as EntityTypeDocument }; // written from one
  }

  async loadPayload(hash: string): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#payloads.get(hash)?.json ?? null;
  }

  async keepPayload(hash: string, json: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#payloads.set(hash, { json: this.#payloads.get(hash)?.json ?? json, keptAt: this.#clock() });
  }

  async sweepPayloads(after: string | null, limit: number, unkeptForMs: number): Promise<string | null> {
    const page = [...this.#payloads.keys()]
      .filter((hash) => hash > (after ?? ''))
      .sort()
      .slice(0, limit);
    const texts = [...[...this.#instances.values()].flatMap(({ events }) => events), ...this.#mail.all().map(({ body }) => body)];
    for (const hash of page) {
      const isKept = (this.#payloads.get(hash)?.keptAt ?? 0) >= this.#clock() - unkeptForMs;
      if (!isKept && !texts.some((text) => text.includes(`"$payload":"${hash}"`))) this.#payloads.delete(hash);
    }
    return page.at(-1) ?? null;
  }

  async incarnation(): Promise<string> {
    return 'simulated';
  }

  async close(): Promise<void> {}

  #unfinishedWork(wanted: number, cursor: InstanceId | null, limit: number): InstanceId[] {
    return [...this.#instances.values()]
      .filter(
        ({ id, partition, status, runningActivities }) =>
          partition === wanted && !isFinal(status) && runningActivities > 0 && id > (cursor ?? ''),
      )
      .map(({ id }) => id)
      .sort()
      .slice(0, limit);
  }

  // ── What happens to the server ─────────────────────────────────────────────

  /** Ends these sessions, or all of them. */
  endSessions(presences?: readonly string[]): void {
    this.leases.endSessions(presences);
  }

  /** All that is stored stays. */
  restart(): void {
    this.leases.restart();
  }

  // ── For whoever looks from outside ─────────────────────────────────────────

  instances(): readonly { id: InstanceId; status: InstanceStatus; executionId: string; workflow: string; parent: InstanceId | null }[] {
    return [...this.#instances.values()].map(({ id, status, executionId: execution, workflow, parent }) => ({
      id,
      status,
      executionId: execution,
      workflow,
      parent: parent?.instanceId ?? null,
    }));
  }

  /** Rows of a table of the real schema. */
  count(table: 'instance' | 'history_event' | 'checkpoint' | 'timer' | 'message' | 'human_task' | 'activity_claim'): number {
    const instances = [...this.#instances.values()];
    switch (table) {
      case 'instance':
        return instances.length;
      case 'history_event':
        return instances.reduce((sum, { events }) => sum + events.length, 0);
      case 'checkpoint':
        return instances.reduce((sum, { checkpoints }) => sum + checkpoints.size, 0);
      case 'timer':
        return this.#timers.size;
      case 'message':
        return this.#mail.size;
      case 'human_task':
        return this.#tasks.size;
      case 'activity_claim':
        return this.#claims.size;
    }
  }

  /** Whether messages wait that nobody has taken up. */
  hasMail(): boolean {
    return this.#mail.isWaiting;
  }

  history(id: InstanceId): HistoryEvent[] {
    return (this.#instances.get(id)?.events ?? []).map(parsedEvent);
  }

  tasks(): readonly TaskRow[] {
    return this.#tasks.all();
  }

  check(evidence: Evidence): Verdict {
    const check = new RowCheck();
    const messages = this.#mail.all().map(({ id, body, refusal }) => ({
      id,
      refusal,
      // Any message body; these are all the check wants of it.
      body: JSON.parse(body) as {
        type: string;
        child?: string;
        parent?: { instanceId: string } | null;
        asked?: { instanceId: string };
        lock?: string | { id: string };
        request?: string | { id: string };
      },
    }));
    for (const instance of this.#instances.values()) {
      const { id } = instance;
      check.instance(
        {
          id,
          execution_id: instance.executionId,
          workflow_key: instance.workflow,
          version: instance.version,
          status: instance.status,
          seq: instance.seq,
          custom_status: JSON.parse(instance.customStatus),
          running_activities: instance.runningActivities,
          completed_at: instance.completedAt,
        },
        {
          events: instance.events.map(parsedEvent),
          checkpoints: [...instance.checkpoints].map(([seq, text]) => ({ seq, state: JSON.parse(text) })),
          timers: this.#timers.ofInstance(id).map(({ timer, fireAt }) => ({ timer_id: timer, fire_at: fireAt })),
          tasks: this.#tasks.ofInstance(id),
          messages: messages
            .filter((message) => message.id === id && message.refusal === null)
            .map(({ body }) => ({ type: body.type, child: body.child ?? null })),
          children: [
            ...[...this.#instances.values()]
              .filter(({ parent }) => parent?.instanceId === id)
              .map((child) => ({ id: child.id, status: child.status, starting: false })),
            ...messages
              .filter(
                ({ body }) => (body.type === 'StartChild' ? body.parent : body.type === 'Rewind' ? body.asked : null)?.instanceId === id,
              )
              .map((message) => ({ id: message.id, status: 'Pending', starting: true })),
          ],
        },
      );
    }
    for (const { instanceId: id } of this.#timers.all()) if (!this.#instances.has(id)) check.stray('timer', id);
    for (const { instance_id: id } of this.#tasks.all()) if (!this.#instances.has(instanceId(id))) check.stray('human_task', id);
    for (const { body, refusal } of messages) if (refusal === null) check.message(idOf(body.lock), idOf(body.request));
    check.evidence(evidence);
    return check.verdict;
  }
}

function parsedEvent(text: string): HistoryEvent {
  return JSON.parse(text) as HistoryEvent; // written from one
}

/** An instance without a history. */
function pending(
  id: InstanceId,
  { partition, executionId: execution }: { partition: number; executionId: string },
  { workflow, version, parent }: Pick<InstanceCreation, 'workflow' | 'version' | 'parent'>,
): Instance {
  return {
    id,
    partition,
    executionId: execution,
    workflow,
    version,
    status: 'Pending',
    seq: 0,
    customStatus: 'null',
    checkpointSeq: 0,
    runningActivities: 0,
    completedAt: null,
    parent,
    events: [],
    checkpoints: new Map(),
  };
}

/** As Postgres says it: repeating the statement cannot help. */
function duplicateKey(what: string): Error {
  return Object.assign(new Error(`duplicate key: ${what}`), { code: '23505' });
}

/** A lock or a request is named, or is there whole. */
function idOf(value: string | { id: string } | undefined): string | null {
  return typeof value === 'object' ? value.id : (value ?? null);
}
