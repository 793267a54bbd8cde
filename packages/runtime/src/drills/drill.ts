/** A drill: one database, workers in processes of their own, an API runtime that owns nothing, and the evidence they leave behind. */
import { instanceId, isFinal, type InstanceStatus } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import {
  checkInvariants,
  checkSideEffects,
  eventually,
  startWorkerProcess,
  type Evidence,
  type SideEffect,
  type SideEffectVerdict,
  type Verdict,
  type WorkerProcess,
} from '@perdure/testing';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createRuntime } from '../create-runtime.ts';
import type { Runtime, StartRequest, StartResult } from '../runtime.ts';
import type { DrillSettings } from './worker-program.ts';

const program = new URL('./worker-program.ts', import.meta.url);

export interface CommitLine {
  instanceId: string;
  baseSeq: number;
  seq: number;
  epoch: number;
  pid: number;
  reported: string[];
}

export class Drill {
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly database: pg.Pool;
  readonly api: Runtime;
  readonly acknowledged: { instanceId: string }[] = [];
  /** Pids of processes a fault has struck. */
  readonly struck = new Set<number>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'perdure-drill-'));
  readonly #workers: WorkerProcess[] = [];

  private constructor(databaseUrl: string, redisUrl: string | null, api: Runtime) {
    this.databaseUrl = databaseUrl;
    this.redisUrl = redisUrl;
    this.api = api;
    this.database = new pg.Pool({ connectionString: databaseUrl, max: 3 });
    this.database.on('error', () => undefined);
  }

  static async begin(databaseUrl: string, redisUrl: string | null): Promise<Drill> {
    return new Drill(databaseUrl, redisUrl, await createRuntime({ databaseUrl, redisUrl, worker: false, activities: [] }));
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()));
    await this.api.stop();
    await this.database.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async worker(more: Pick<DrillSettings, 'options'> = {}): Promise<WorkerProcess> {
    const { databaseUrl, redisUrl } = this;
    const worker = await startWorkerProcess(program, {
      databaseUrl,
      redisUrl,
      sink: this.#file('sink'),
      commits: this.#file('commits'),
      ...more,
    } satisfies DrillSettings);
    this.#workers.push(worker);
    return worker;
  }

  async kill(worker: WorkerProcess): Promise<void> {
    this.struck.add(worker.pid);
    await worker.kill();
  }

  /** Starts an instance through the API process, as often as it takes while the database is away. What was answered ok counts as acknowledged. */
  async start(workflow: string, id: string, input: Json = {}, replace: StartRequest['replace'] = []): Promise<void> {
    await eventually(
      `${id} is started`,
      async () => {
        const result: StartResult | undefined = await this.api
          .start({ workflow, version: null, input, startedBy: 'drill', instanceId: instanceId(id), replace })
          .catch(() => undefined);
        // Taken: an answer that was lost had been stored.
        return result?.ok === true || (result?.ok === false && result.code === 'instance.exists') || undefined;
      },
      40_000,
    );
    this.acknowledged.push({ instanceId: id });
  }

  /** Waits until every instance has ended, among them all acknowledged ones; gives how many did in which status. */
  async allEnded(withinMs = 45_000): Promise<Record<string, number>> {
    const wanted = new Set(this.acknowledged.map(({ instanceId: id }) => id)).size;
    let seen = '';
    return eventually(
      'all instances end',
      async () => {
        const rows = await this.rows<{ status: InstanceStatus; n: number }>(
          'SELECT status, count(*)::int AS n FROM instance GROUP BY status',
        );
        const counts = Object.fromEntries(rows.map(({ status, n }) => [status, n]));
        seen = JSON.stringify(counts);
        // Sub-workflows are counted as well.
        const total = rows.reduce((sum, { n }) => sum + n, 0);
        return total >= wanted && rows.every(({ status }) => isFinal(status)) ? counts : undefined;
      },
      withinMs,
    ).catch((error: Error) => {
      throw new Error(`${error.message} ${wanted} were acknowledged, stored are ${seen}.`);
    });
  }

  /** Rows, or none while the database is away. */
  async rows<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.database.query<Row>(sql, values).then(
      (result) => result.rows,
      () => [],
    );
  }

  /** Waits until the partitions are spread as given: partitions per owner, descending. */
  async shares(wanted: readonly number[], withinMs = 15_000): Promise<void> {
    await eventually(
      `the partitions are spread ${wanted.join(':')}`,
      async () => {
        const rows = await this.rows<{ n: number }>(
          `SELECT count(*)::int AS n FROM "partition" WHERE owner IS NOT NULL AND lease_until > now() GROUP BY owner ORDER BY n DESC`,
        );
        return rows.map(({ n }) => n).join() === wanted.join() || undefined;
      },
      withinMs,
    );
  }

  effects(): SideEffect[] {
    return this.#lines<SideEffect>('sink');
  }

  commits(): CommitLine[] {
    return this.#lines<CommitLine>('commits');
  }

  /** Executions of struck processes whose result they did not live to store. */
  inFlight(): number {
    const reported = new Set(this.commits().flatMap(({ pid, reported: own }) => own.map((one) => `${pid} ${one}`)));
    return this.effects().filter(({ key, attempt, pid }) => this.struck.has(pid) && !reported.has(`${pid} ${key} ${attempt}`)).length;
  }

  async invariants(more: Pick<Evidence, 'acknowledged'> = {}): Promise<Verdict> {
    return checkInvariants(this.databaseUrl, {
      acknowledged: [...this.acknowledged, ...(more.acknowledged ?? [])],
      commits: this.commits(),
    });
  }

  /** I8, with every activity key of the histories expected in the sink. */
  async sideEffects(): Promise<SideEffectVerdict> {
    const scheduled = await this.rows<{ key: string }>(
      `SELECT DISTINCT h.instance_id || '/' || i.execution_id || '/' || (h.data->>'step') AS key FROM history_event h JOIN instance i ON i.id = h.instance_id WHERE h.type = 'TaskCompleted'`,
    );
    return checkSideEffects(
      this.effects(),
      this.struck,
      scheduled.map(({ key }) => key),
    );
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }

  /** The last line may be cut off by a kill. */
  #lines<Line>(name: string): Line[] {
    let text = '';
    try {
      text = readFileSync(this.#file(name), 'utf8');
    } catch {
      return [];
    }
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line); // written by worker-program.ts
  }
}
