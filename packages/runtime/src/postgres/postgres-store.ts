/**
 * The durable store on PostgreSQL. Owns the hot-path tables (see prisma/schema.prisma).
 * A commit is one statement: fencing, guards and all rows of a batch, sent as one text parameter per column (commit-statement.ts).
 * Not here: what is worth storing (the worker decides), read models for people (packages/database).
 */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import {
  executionId,
  instanceId,
  stepKey,
  timerId,
  type FinalStatus,
  type HistoryEvent,
  type InstanceId,
  type InstanceStatus,
  type TimerId,
} from '@perdure/engine';
import type { EntityTypeDocument, Json, WorkflowDocument } from '@perdure/graph';
import type {
  AcceptedStart,
  ClaimCount,
  CommitItem,
  CommitVerdict,
  DueTimer,
  DurableStore,
  InstanceHead,
  MessageBody,
  MessageFate,
  OutgoingMessage,
  StoredHistory,
  StoredInstance,
  StoredMessage,
  TimerCursor,
  UnfinishedAttempt,
} from '../ports/durable-store.ts';
import { writerFormat } from '../writer-format.ts';
import type { StoredEvent } from '../ports/decider.ts';
import { numberArray, textArray } from './array-literal.ts';
import { commitStatement, eventData } from './commit-statement.ts';
import { countClaimsStatement } from './count-claims.ts';
import { packPayload, unpackPayload } from './packed-payload.ts';
import { PostgresLeases } from './postgres-leases.ts';
import { admitWriter, type AdmissionOptions } from './writer-admission.ts';

const finalStatuses: readonly FinalStatus[] = ['Completed', 'Failed', 'Terminated', 'Canceled'];

const sql = (name: string): string => readFileSync(new URL(`./${name}.sql`, import.meta.url), 'utf8');
const undeliverableSql = sql('delete-undeliverable');
const storedSql = sql('stored');
const acceptSql = sql('accept');
const purgeSql = sql('purge');
const markDiedSql = sql('mark-died');
const sweepClaimsSql = sql('sweep-claims');
const sweepPayloadsSql = sql('sweep-payloads');

export interface PostgresStoreOptions {
  url: string;
  /** Connections; two carry commits, the rest reads. Default 6. */
  poolSize?: number;
  /** Below the lease, so that a stuck statement cannot hold a partition past it. Default 4,000. */
  statementTimeoutMs?: number;
  /** What this process writes; another number than its own only in tests. */
  writer?: number;
}

export class PostgresStore implements DurableStore {
  readonly leases: PostgresLeases;
  readonly #pool: pg.Pool;
  readonly #writer: number;

  constructor(options: PostgresStoreOptions) {
    const timeout = options.statementTimeoutMs ?? 4_000;
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize ?? 6,
      connectionTimeoutMillis: 5_000,
      // For answers that never come: a network that swallows everything gives no error of its own.
      query_timeout: timeout + 1_000,
      application_name: 'perdure-worker',
      // A worker looks rows up by key, a few hundred at most. The planner sizes lists it cannot see by guessing, and a plan made while a table
      // was small is kept while it grows: without these it may come to read whole tables.
      options: `-c jit=off -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c statement_timeout=${timeout} -c idle_in_transaction_session_timeout=${timeout}`,
      keepAlive: true,
    });
    // A broken connection is replaced by the pool, and the statement underway reports its own error. Where none is underway it would end the process:
    // while it is idle, between two statements, and before whoever waits for it has it.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.#writer = options.writer ?? writerFormat;
    this.leases = new PostgresLeases(this.#pool, options.url, this.#writer);
  }

  /** Before anything else of this process. Rejects with `Superseded` when it may not work here. */
  admit(options: AdmissionOptions): Promise<void> {
    return admitWriter(this.#pool, this.#writer, options);
  }

  async now(): Promise<number> {
    const { rows } = await this.#pool.query<{ now: number }>({
      name: 'now',
      text: 'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now',
    });
    return Number(rows[0]?.now);
  }

  async commit(items: readonly CommitItem[]): Promise<CommitVerdict[]> {
    if (items.length === 0) return [];
    const verdicts = await this.#commitOver([], items);
    // Only a start whose id turns out to be taken pays for looking whether what has it may give way.
    const taken = items.filter(({ create }, i) => verdicts[i] === 'conflict' && create !== null && create.replace.length > 0);
    if (taken.length === 0) return verdicts;
    const replacing = taken.map(({ instanceId, partition, epoch, create }) => ({
      id: instanceId,
      statuses: create?.replace ?? [],
      fence: { partition, epoch },
    }));
    const second = new Map((await this.#commitOver(replacing, taken)).map((verdict, i) => [taken[i], verdict]));
    return items.map((item, i) => second.get(item) ?? verdicts[i] ?? 'conflict');
  }

  async #commitOver(replacing: readonly Replacement[], items: readonly CommitItem[]): Promise<CommitVerdict[]> {
    const { rows } = await this.#afterReplacing<CommitAnswer>(replacing, commitStatement(items));
    const [answer] = rows;
    if (answer?.stored === items.length) return items.map(() => 'stored');
    const verdicts = new Map(Object.entries(answer?.verdicts ?? {}));
    return items.map((item) => verdicts.get(item.instanceId) ?? 'lost-partition');
  }

  /**
   * Runs the query; when finished instances give way to new ones of the same id, in one transaction with their removal.
   * With a fence nothing is removed unless the partition still has that epoch, which then holds until the transaction ends (S2).
   */
  async #afterReplacing<Row extends pg.QueryResultRow>(
    replacing: readonly Replacement[],
    query: pg.QueryConfig,
  ): Promise<pg.QueryResult<Row>> {
    if (replacing.length === 0) return this.#pool.query<Row>(query);
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      // In the order in which takeovers lock them.
      for (const { id, statuses, fence } of replacing.toSorted((a, b) => (a.fence?.partition ?? 0) - (b.fence?.partition ?? 0))) {
        if (fence !== undefined) {
          const held = await client.query('SELECT 1 FROM "partition" WHERE id = $1 AND epoch = $2 FOR KEY SHARE', [
            fence.partition,
            fence.epoch,
          ]);
          if (held.rowCount === 0) continue;
        }
        await client.query(purgeSql, [textArray([id]), textArray(statuses), null, null]);
      }
      const result = await client.query<Row>(query);
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async stored(items: readonly CommitItem[]): Promise<Set<CommitItem>> {
    const asked = items.flatMap((item) => {
      const last = item.events.at(-1);
      return last === undefined ? [] : [{ item, last }];
    });
    if (asked.length === 0) return new Set();
    const { rows } = await this.#pool.query<{ place: string }>({
      name: 'stored',
      text: storedSql,
      values: [
        textArray(asked.map(({ item }) => item.instanceId)),
        textArray(asked.map(({ item }) => item.executionId)),
        numberArray(asked.map(({ last }) => last.seq)),
        textArray(asked.map(({ last }) => last.type)),
        numberArray(asked.map(({ last }) => last.at)),
        textArray(asked.map(({ last }) => eventData(last))),
      ],
    });
    const places = new Set(rows.map(({ place }) => Number(place) - 1));
    return new Set(asked.filter((_, i) => places.has(i)).map(({ item }) => item));
  }

  async #positions(ids: readonly InstanceId[]): Promise<Map<InstanceId, { seq: number; executionId: string }>> {
    const { rows } = await this.#pool.query<{ id: string; seq: number; execution_id: string }>({
      name: 'positions',
      text: 'SELECT id, seq, execution_id FROM instance WHERE id = ANY($1::text[])',
      values: [textArray(ids)],
    });
    return new Map(rows.map((row) => [instanceId(row.id), { seq: row.seq, executionId: row.execution_id }]));
  }

  async load(ids: readonly InstanceId[]): Promise<Map<InstanceId, StoredInstance>> {
    const { rows } = await this.#pool.query<InstanceRow>({
      name: 'load',
      text: `SELECT id, partition, execution_id, workflow_key, version, status, seq, checkpoint_seq, parent_instance_id, parent_step FROM instance WHERE id = ANY($1::text[])`,
      values: [textArray(ids)],
    });
    return new Map(rows.map((row) => [instanceId(row.id), storedInstance(row)]));
  }

  async loadHistory(wanted: readonly { id: InstanceId; checkpointSeq: number; after: number }[]): Promise<Map<InstanceId, StoredHistory>> {
    const found = new Map<InstanceId, StoredHistory>(wanted.map(({ id }) => [id, { checkpoint: null, events: [] }]));
    const ids = textArray(wanted.map(({ id }) => id));
    const withCheckpoint = wanted.filter((one) => one.checkpointSeq > 0 && one.after === one.checkpointSeq);
    const [checkpoints, events] = await Promise.all([
      withCheckpoint.length === 0
        ? null
        : this.#pool.query<{ instance_id: string; state: Json }>({
            name: 'checkpoints',
            text: `SELECT c.instance_id, c.state FROM unnest($1::text[], $2::int[]) AS w(id, seq) JOIN checkpoint c ON c.instance_id = w.id AND c.seq = w.seq`,
            values: [textArray(withCheckpoint.map(({ id }) => id)), numberArray(withCheckpoint.map((one) => one.checkpointSeq))],
          }),
      this.#pool.query<EventRow & { instance_id: string }>({
        name: 'tails',
        text: `SELECT h.instance_id, h.seq, h.type, extract(epoch FROM h.at) * 1000 AS at, h.data
               FROM unnest($1::text[], $2::int[]) AS w(id, after) JOIN history_event h ON h.instance_id = w.id AND h.seq > w.after
               ORDER BY h.instance_id, h.seq`,
        values: [ids, numberArray(wanted.map((one) => one.after))],
      }),
    ]);
    for (const row of checkpoints?.rows ?? []) {
      const history = found.get(instanceId(row.instance_id));
      if (history) history.checkpoint = row.state;
    }
    for (const row of events.rows) found.get(instanceId(row.instance_id))?.events.push(historyEvent(row));
    return found;
  }

  async historyAfter(id: InstanceId, afterSeq: number, limit: number): Promise<HistoryEvent[]> {
    const { rows } = await this.#pool.query<EventRow>({
      name: 'history-after',
      text: `SELECT seq, type, extract(epoch FROM at) * 1000 AS at, data FROM history_event WHERE instance_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
      values: [id, afterSeq, limit],
    });
    // Asked of workflow instances only.
    return rows.map(historyEvent) as HistoryEvent[];
  }

  async seqs(ids: readonly InstanceId[]): Promise<Map<InstanceId, number>> {
    const positions = await this.#positions(ids);
    return new Map([...positions].map(([id, position]) => [id, position.seq]));
  }

  async dueTimers(partitions: readonly number[], cursor: TimerCursor | null, limit: number): Promise<DueTimer[]> {
    const { rows } = await this.#pool.query<{ instance_id: string; timer_id: string; partition: number; fire_at: number }>({
      name: 'due-timers',
      text: `SELECT instance_id, timer_id, partition, extract(epoch FROM fire_at) * 1000 AS fire_at FROM timer
             WHERE partition = ANY($1::int[]) AND fire_at <= clock_timestamp()
               AND ($2::float8 IS NULL OR (fire_at, instance_id, timer_id) > (to_timestamp($2 / 1000.0), $3, $4))
             ORDER BY fire_at, instance_id, timer_id LIMIT $5`,
      values: [numberArray(partitions), cursor?.fireAt ?? null, cursor?.instanceId ?? '', cursor?.timer ?? '', limit],
    });
    return rows.map((row) => ({
      instanceId: instanceId(row.instance_id),
      timer: timerId(row.timer_id),
      partition: row.partition,
      fireAt: Number(row.fire_at),
    }));
  }

  async nearTimers(partitions: readonly number[], horizonMs: number, limit: number): Promise<number[]> {
    const { rows } = await this.#pool.query<{ fire_at: number }>({
      name: 'near-timers',
      text: `SELECT DISTINCT (extract(epoch FROM fire_at) * 1000)::float8 AS fire_at FROM timer
             WHERE partition = ANY($1::int[]) AND fire_at <= clock_timestamp() + $2 * interval '1 millisecond' ORDER BY 1 LIMIT $3`,
      values: [numberArray(partitions), horizonMs, limit],
    });
    return rows.map((row) => row.fire_at);
  }

  async deleteTimers(id: InstanceId, timers: readonly TimerId[]): Promise<void> {
    await this.#pool.query('DELETE FROM timer WHERE instance_id = $1 AND timer_id = ANY($2::text[])', [id, textArray(timers)]);
  }

  async messages(partitions: readonly number[], except: readonly string[], limit: number): Promise<StoredMessage[]> {
    const { rows } = await this.#pool.query<{ partition: number; instance_id: string; message_id: string; body: MessageBody }>({
      name: 'messages',
      text: `SELECT partition, instance_id, message_id, body FROM message
             WHERE partition = ANY($1::int[]) AND refusal IS NULL AND message_id <> ALL($2::text[]) ORDER BY id LIMIT $3`,
      values: [numberArray(partitions), textArray(except), limit],
    });
    return rows.map((row) => ({
      partition: row.partition,
      instanceId: instanceId(row.instance_id),
      messageId: row.message_id,
      body: row.body,
    }));
  }

  async deleteMessages(messageIds: readonly string[]): Promise<void> {
    await this.#pool.query('DELETE FROM message WHERE message_id = ANY($1::text[])', [textArray(messageIds)]);
  }

  async deleteUndeliverable(messageIds: readonly string[]): Promise<void> {
    await this.#pool.query(undeliverableSql, [textArray(messageIds)]);
  }

  async deleteOldRefusals(): Promise<void> {
    await this.#pool.query(`DELETE FROM message WHERE refusal IS NOT NULL AND created_at < now() - interval '1 hour'`);
  }

  async refuseMessages(messageIds: readonly string[], refusal: Json): Promise<void> {
    await this.#pool.query('UPDATE message SET refusal = $2::json WHERE message_id = ANY($1::text[])', [
      textArray(messageIds),
      JSON.stringify(refusal),
    ]);
  }

  async accept(starts: readonly AcceptedStart[], messages: readonly OutgoingMessage[]): Promise<{ taken: Set<InstanceId> }> {
    const taken = await this.#acceptOver([], starts, messages);
    const refused = starts.filter(({ message, creation }) => !taken.has(message.instanceId) && creation.replace.length > 0);
    if (refused.length === 0) return { taken };
    const replacing = refused.map(({ message, creation }) => ({ id: message.instanceId, statuses: creation.replace }));
    return { taken: new Set([...taken, ...(await this.#acceptOver(replacing, refused, []))]) };
  }

  async #acceptOver(
    replacing: readonly Replacement[],
    starts: readonly AcceptedStart[],
    messages: readonly OutgoingMessage[],
  ): Promise<Set<InstanceId>> {
    const { rows } = await this.#afterReplacing<{ id: string }>(replacing, {
      name: 'accept',
      text: acceptSql,
      values: [
        textArray(starts.map((one) => one.message.instanceId)),
        numberArray(starts.map((one) => one.message.partition)),
        textArray(starts.map((one) => one.executionId)),
        textArray(starts.map((one) => one.creation.workflow)),
        numberArray(starts.map((one) => one.creation.version)),
        textArray(starts.map((one) => textArray(one.creation.tags))),
        textArray(starts.map((one) => one.creation.startedBy)),
        textArray(starts.map((one) => one.message.messageId)),
        textArray(starts.map((one) => JSON.stringify(one.message.body))),
        numberArray(messages.map((one) => one.partition)),
        textArray(messages.map((one) => one.instanceId)),
        textArray(messages.map((one) => one.messageId)),
        textArray(messages.map((one) => JSON.stringify(one.body))),
      ],
    });
    return new Set(rows.map((row) => instanceId(row.id)));
  }

  async messageFates(messageIds: readonly string[]): Promise<Map<string, MessageFate>> {
    const { rows } = await this.#pool.query<{ message_id: string; refusal: Json }>({
      name: 'message-fates',
      text: 'SELECT message_id, refusal FROM message WHERE message_id = ANY($1::text[])',
      values: [textArray(messageIds)],
    });
    const fates = new Map<string, MessageFate>(messageIds.map((messageId) => [messageId, 'taken']));
    for (const { message_id: messageId, refusal } of rows) fates.set(messageId, refusal === null ? 'pending' : { refusal });
    const refused = rows.filter(({ refusal }) => refusal !== null).map((row) => row.message_id);
    if (refused.length > 0) await this.deleteMessages(refused);
    return fates;
  }

  async withdrawMessage(messageId: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query('DELETE FROM message WHERE message_id = $1 AND refusal IS NULL', [messageId]);
    return rowCount === 1;
  }

  async countClaims(attempts: readonly UnfinishedAttempt[], most: number): Promise<ClaimCount[]> {
    const { rows } = await this.#pool.query<{ place: number; claims: number; counted: boolean }>(countClaimsStatement(attempts, most));
    const counts = attempts.map((): ClaimCount => 'lost-partition');
    for (const { place, claims, counted } of rows) counts[place] = { claims, counted };
    return counts;
  }

  async markDied({ instanceId: id, executionId, step, attempt, releases, finder }: UnfinishedAttempt): Promise<void> {
    const owner = finder.type === 'owner' ? [finder.partition, finder.epoch] : [null, null];
    await this.#pool.query({ name: 'mark-died', text: markDiedSql, values: [id, executionId, step, attempt, releases, ...owner] });
  }

  async sweepClaims(): Promise<void> {
    await this.#pool.query(sweepClaimsSql);
  }

  async purge(id: InstanceId): Promise<'purged' | 'not-found' | 'not-finished'> {
    const { rows } = await this.#pool.query(purgeSql, [textArray([id]), textArray(finalStatuses), null, null]);
    if (rows.length > 0) return 'purged';
    return (await this.#positions([id])).has(id) ? 'not-finished' : 'not-found';
  }

  async purgeUnchanged(heads: readonly InstanceHead[]): Promise<InstanceId[]> {
    if (heads.length === 0) return [];
    const column = (of: (head: InstanceHead) => string): string => textArray(heads.map(of));
    const { rows } = await this.#pool.query<{ id: InstanceId }>(purgeSql, [
      column(({ instanceId }) => instanceId),
      textArray(finalStatuses),
      column(({ executionId }) => executionId),
      numberArray(heads.map(({ seq }) => seq)),
    ]);
    return rows.map(({ id }) => id);
  }

  async latestVersion(workflow: string): Promise<number | null> {
    const { rows } = await this.#pool.query<{ latest_version: number | null }>(
      'SELECT latest_version FROM workflow WHERE key = $1 AND archived_at IS NULL',
      [workflow],
    );
    return rows[0]?.latest_version ?? null;
  }

  async versionDocument(workflow: string, version: number): Promise<WorkflowDocument | null> {
    const { rows } = await this.#pool.query<{ document: WorkflowDocument }>(
      'SELECT document FROM workflow_version WHERE workflow_key = $1 AND version = $2',
      [workflow, version],
    );
    return rows[0]?.document ?? null;
  }

  async entityType(name: string): Promise<{ version: number; document: EntityTypeDocument } | null> {
    const { rows } = await this.#pool.query<{ version: number; document: EntityTypeDocument }>(
      'SELECT version, document FROM entity_type WHERE name = $1 AND archived_at IS NULL',
      [name],
    );
    return rows[0] ?? null;
  }

  async loadPayload(hash: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const { rows } = await this.#pool.query<{ bytes: number; packed: Buffer | null; data: string | null }>({
      name: 'load-payload',
      text: 'SELECT bytes, packed, data FROM payload WHERE hash = $1',
      values: [hash],
    });
    const [row] = rows;
    if (row === undefined) return null;
    return row.packed === null ? Buffer.from(row.data ?? '') : unpackPayload(row.packed, row.bytes);
  }

  async keepPayload(hash: string, json: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#pool.query({
      name: 'keep-payload',
      text: 'INSERT INTO payload (hash, bytes, packed) VALUES ($1, $2, $3) ON CONFLICT (hash) DO UPDATE SET kept_at = now()',
      values: [hash, json.byteLength, await packPayload(json)],
    });
  }

  async sweepPayloads(after: string | null, limit: number, unkeptForMs: number): Promise<string | null> {
    const { rows } = await this.#pool.query<{ last: string | null }>(sweepPayloadsSql, [after ?? '', limit, unkeptForMs]);
    return rows[0]?.last ?? null;
  }

  async incarnation(): Promise<string> {
    const { rows } = await this.#pool.query<{ value: string }>(`SELECT value #>> '{}' AS value FROM setting WHERE key = 'incarnation'`);
    const value = rows[0]?.value;
    if (value === undefined) throw new Error('The database has no incarnation: its migrations have not been applied.');
    return value;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** Of commit.sql. */
interface CommitAnswer {
  stored: number;
  /** By instance, of those whose partition is still the item's; null when all were stored. */
  verdicts: { [id: string]: Exclude<CommitVerdict, 'lost-partition'> } | null;
}

interface Replacement {
  id: InstanceId;
  statuses: readonly FinalStatus[];
  fence?: { partition: number; epoch: number };
}

interface InstanceRow {
  id: string;
  partition: number;
  execution_id: string;
  workflow_key: string;
  version: number;
  status: InstanceStatus;
  seq: number;
  checkpoint_seq: number;
  parent_instance_id: string | null;
  parent_step: string | null;
}

function storedInstance(row: InstanceRow): StoredInstance {
  return {
    id: instanceId(row.id),
    partition: row.partition,
    executionId: executionId(row.execution_id),
    workflow: row.workflow_key,
    version: row.version,
    status: row.status,
    seq: row.seq,
    checkpointSeq: row.checkpoint_seq,
    parent:
      row.parent_instance_id === null || row.parent_step === null
        ? null
        : { instanceId: instanceId(row.parent_instance_id), step: stepKey(row.parent_step) },
  };
}

interface EventRow {
  seq: number;
  type: string;
  at: number;
  data: object;
}

/** Events are written from typed values only, so a stored row has the shape its type names. */
function historyEvent(row: EventRow): StoredEvent {
  return { seq: row.seq, at: Number(row.at), type: row.type, ...row.data } as StoredEvent;
}
