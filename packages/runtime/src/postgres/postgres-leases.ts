/** Partition ownership in Postgres: leases by the database clock, epochs raised by every change of owner. */
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { instanceId, type InstanceId } from '@perdure/engine';
import type { ClaimedPartition, LeaseStore, LeaseSurvey, OwnedPartition, Presence } from '../ports/durable-store.ts';
import { Superseded } from '../superseded.ts';
import { numberArray, textArray } from './array-literal.ts';
import { openPresence } from './postgres-presence.ts';
import { newerVersion } from './writer-admission.ts';

const claimSql = readFileSync(new URL('./claim-partitions.sql', import.meta.url), 'utf8');
const lapseSql = readFileSync(new URL('./lapse.sql', import.meta.url), 'utf8');

export class PostgresLeases implements LeaseStore {
  readonly #pool: pg.Pool;
  readonly #url: string;
  readonly #writer: number;
  #incarnation: string | undefined;

  constructor(pool: pg.Pool, url: string, writer: number) {
    this.#pool = pool;
    this.#url = url;
    this.#writer = writer;
  }

  async survey(workerId: string, host: string, pid: number): Promise<LeaseSurvey> {
    await this.#pool.query({
      name: 'heartbeat',
      text: `INSERT INTO worker (id, host, pid) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()`,
      values: [workerId, host, pid],
    });
    const [workers, partitions] = await Promise.all([
      this.#pool.query<{ id: string }>({
        name: 'live-workers',
        text: `SELECT id FROM worker WHERE heartbeat_at > now() - interval '5 seconds' ORDER BY id`,
      }),
      this.#pool.query<{ id: number; epoch: number; owner: string | null; lease_left_ms: number; now: number }>({
        name: 'survey',
        text: `SELECT id, epoch, owner, extract(epoch FROM lease_until - now())::float8 * 1000 AS lease_left_ms, extract(epoch FROM clock_timestamp()) * 1000 AS now FROM "partition" ORDER BY id`,
      }),
      this.check(),
    ]);
    return {
      now: Number(partitions.rows[0]?.now ?? 0),
      liveWorkers: workers.rows.map((row) => row.id),
      partitions: partitions.rows.map(({ id, epoch, owner, lease_left_ms: leaseLeftMs }) => ({ id, epoch, owner, leaseLeftMs })),
    };
  }

  /** F1, and the same for a database that was restored under a worker's feet. */
  async check(): Promise<void> {
    const { rows } = await this.#pool.query<{ key: string; value: string }>({
      name: 'check-database',
      text: `SELECT key, value #>> '{}' AS value FROM setting WHERE key IN ('incarnation', 'writer')`,
    });
    const settings = new Map(rows.map(({ key, value }) => [key, value]));
    const stored = Number(settings.get('writer'));
    if (stored > this.#writer) throw new Superseded(newerVersion(stored, this.#writer));
    const incarnation = settings.get('incarnation');
    this.#incarnation ??= incarnation;
    if (incarnation !== this.#incarnation)
      throw new Superseded('A backup was restored into this database while this process worked on it. Start it again.');
  }

  async renew(workerId: string, leaseMs: number): Promise<OwnedPartition[]> {
    const { rows } = await this.#pool.query<OwnedPartition>({
      name: 'renew',
      text: `UPDATE "partition" SET lease_until = now() + $2 * interval '1 millisecond' WHERE owner = $1 RETURNING id, epoch`,
      values: [workerId, leaseMs],
    });
    return rows;
  }

  async claim(workerId: string, partitions: readonly number[], leaseMs: number, force: boolean): Promise<ClaimedPartition[]> {
    const { rows } = await this.#pool.query<ClaimedPartition>(claimSql, [workerId, numberArray(partitions), leaseMs, force, this.#writer]);
    return rows;
  }

  async release(workerId: string, partitions: readonly number[]): Promise<void> {
    await this.#pool.query(
      `UPDATE "partition" SET previous_owner = owner, owner = NULL, lease_until = now() WHERE owner = $1 AND id = ANY($2::int[])`,
      [workerId, numberArray(partitions)],
    );
  }

  /** One partition at a time, as the index has it: across several, every page would read and sort all of their live instances. */
  async unfinishedWork(partition: number, cursor: InstanceId | null, limit: number): Promise<InstanceId[]> {
    const { rows } = await this.#pool.query<{ id: string }>({
      name: 'unfinished-work',
      text: `SELECT id FROM instance WHERE partition = $1 AND status IN ('Pending', 'Running', 'Suspended') AND running_activities > 0 AND id > $2 ORDER BY id LIMIT $3`,
      values: [partition, cursor ?? '', limit],
    });
    return rows.map((row) => instanceId(row.id));
  }

  openPresence(leaseMs: number, onEnded: () => void): Promise<Presence | null> {
    return openPresence(this.#url, leaseMs, onEnded);
  }

  async withdraw(workerId: string): Promise<void> {
    await this.#pool.query(`UPDATE worker SET presence = NULL WHERE id = $1`, [workerId]);
  }

  async lapse(presences: readonly string[]): Promise<void> {
    await this.#pool.query(lapseSql, [textArray(presences)]);
  }

  async deleteOtherWorkers(workerId: string): Promise<void> {
    await this.#pool.query(`DELETE FROM worker WHERE id <> $1`, [workerId]);
  }

  async deleteWorker(workerId: string): Promise<void> {
    await this.#pool.query(`DELETE FROM worker WHERE id = $1 OR heartbeat_at < now() - interval '1 day'`, [workerId]);
  }
}
