/** A drill's scene: one database, workers in processes of their own, an API runtime that owns nothing, and the evidence they leave behind. */
import { instanceId, isFinal, type CommandBody, type InstanceStatus } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import { createRuntime, type Runtime, type RuntimeOptions, type SendResult, type StartRequest, type StartResult } from '@perdure/runtime';
import {
  checkInvariants,
  checkSideEffects,
  eventually,
  publishWorkflow,
  saveEntityType,
  startWorkerProcess,
  type Evidence,
  type Fault,
  type SideEffect,
  type WorkerProcess,
} from '@perdure/testing';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { DrillContext, DrillOutcome, InvariantVerdict, Verdicts } from './drill.ts';
import type { Load } from './load.ts';
import type { CellLine, CommitLine, WorkerSettings } from './worker-program.ts';

/** What a named queue may need until a job that was in it runs again: it is abandoned after 15 s, or missed by its owner. */
const queueAftermathMs = 25_000;

/** The worker whose execution it is, in its own process or in a cell. */
const workerOf = ({ pid, worker }: SideEffect): number => worker ?? pid;

/** Instances of loads that use a named queue are called so. */
const isQueued = (key: string): boolean => key.startsWith('queued-');

const program = new URL('./worker-program.ts', import.meta.url);

export interface SceneAddresses {
  /** Tells the files of several scenes of one drill apart. */
  name?: string;
  databaseUrl: string;
  redisUrl: string | null;
  /** Where workers and the API reach them, when not straight (a proxy). */
  appDatabaseUrl?: string;
}

export class Scene {
  readonly database: pg.Pool;
  readonly api: Runtime;
  /** What callers were told is stored. */
  readonly acknowledged: NonNullable<Evidence['acknowledged']>[number][] = [];
  readonly faults: Fault[] = [];
  /** Faults before which nothing had been stored since the one before. */
  idleFaults = 0;
  /** Of the loads' units that do not queue up: from the first try to start until the end was seen. */
  slowestUnitMs = 0;
  slowestMovesAgainMs = 0;
  readonly #addresses: SceneAddresses;
  readonly #folder: string;
  readonly #loads: readonly Omit<Load, 'name'>[];
  readonly #workers: WorkerProcess[] = [];
  #progressAtFault = -1;

  private constructor(addresses: SceneAddresses, folder: string, loads: readonly Omit<Load, 'name'>[], api: Runtime) {
    this.#addresses = addresses;
    this.#folder = folder;
    this.#loads = loads;
    this.api = api;
    this.database = new pg.Pool({ connectionString: addresses.databaseUrl, max: 3 });
    this.database.on('error', () => undefined);
  }

  /** Publishes the loads' workflows. The scene ends with the drill. */
  static async begin(
    context: DrillContext,
    addresses: SceneAddresses,
    loads: readonly Omit<Load, 'name'>[],
    apiOptions: Pick<RuntimeOptions, 'throughStore'> = {},
  ): Promise<Scene> {
    for (const { workflows, entityTypes = {} } of loads) {
      for (const [name, document] of Object.entries(entityTypes)) await saveEntityType(addresses.databaseUrl, name, document);
      for (const [key, document] of Object.entries(workflows)) await publishWorkflow(addresses.databaseUrl, key, document);
    }
    const { redisUrl, databaseUrl, appDatabaseUrl } = addresses;
    const api = await createRuntime({ databaseUrl: appDatabaseUrl ?? databaseUrl, redisUrl, worker: false, activities: [], ...apiOptions });
    const scene = new Scene(addresses, context.folder, loads, api);
    context.defer(() => scene.#end());
    return scene;
  }

  async #end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()));
    await this.api.stop();
    await this.database.end();
  }

  /**
   * A worker process; resolves when it works. `throughUrl`: where this one reaches Postgres, when by a way of its own; `nodeOptions`: flags of
   * Node itself.
   */
  async worker(
    options: WorkerSettings['options'] = {},
    throughUrl?: string,
    { watchdogMs, nodeOptions, cells }: { nodeOptions?: readonly string[] } & Pick<WorkerSettings, 'watchdogMs' | 'cells'> = {},
  ): Promise<WorkerProcess> {
    const { redisUrl, databaseUrl, appDatabaseUrl } = this.#addresses;
    const settings: WorkerSettings = {
      databaseUrl: throughUrl ?? appDatabaseUrl ?? databaseUrl,
      redisUrl,
      sink: this.#file('sink'),
      commits: this.#file('commits'),
      troubles: this.#file('troubles'),
      cures: this.#file('cures'),
      cellLog: this.#file('cells'),
      ...(cells === undefined ? {} : { cells }),
      ...(watchdogMs === undefined ? {} : { watchdogMs }),
      options,
    };
    const worker = await startWorkerProcess(program, settings, nodeOptions);
    this.#workers.push(worker);
    return worker;
  }

  /**
   * Injects a fault and counts it. `struck`: the workers whose executions it may interrupt, or `everyone`; executions of named queues are
   * in the hands of several processes and of Redis, so any fault may interrupt those. `aftermathMs`: how long after it they may still be.
   */
  async strike(struck: readonly WorkerProcess[] | 'everyone', aftermathMs: number, action: () => Promise<void> | void): Promise<void> {
    const pids = struck === 'everyone' ? null : new Set(struck.map(({ pid }) => pid));
    const progress = this.#progress();
    if (progress <= this.#progressAtFault) this.idleFaults += 1;
    this.#progressAtFault = progress;
    const from = Date.now();
    await action();
    const until = Date.now() + aftermathMs;
    this.faults.push({ from, until, concerns: (effect) => !isQueued(effect.key) && (pids === null || pids.has(workerOf(effect))) });
    this.faults.push({ from, until: until + queueAftermathMs, concerns: ({ key }) => isQueued(key) });
  }

  /** Resolves when something has been stored since the last fault: a fault on top of one that still holds everything up shows nothing. */
  async moves(withinMs = 60_000): Promise<void> {
    await eventually('something is stored after a fault', () => this.#progress() > this.#progressAtFault || undefined, withinMs);
  }

  /** From now on the poisons among this instance's activities do nothing any more. */
  cure(id: string): void {
    appendFileSync(this.#file('cures'), `${id}\n`);
  }

  /** A fault that struck one process, a worker's or a cell's, at one moment, in another way than `strike`. */
  struckAt(pid: number, at: number, aftermathMs = 0): void {
    this.faults.push({ from: at, until: at + aftermathMs, concerns: (effect) => effect.pid === pid });
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
      120_000,
    );
    this.acknowledged.push({ instanceId: id });
  }

  /** Sends a command through the API process until it is answered other than "not now". */
  send(id: string, command: CommandBody): Promise<SendResult> {
    return eventually(
      `${id} takes ${command.type}`,
      async () => {
        const result = await this.api.send(instanceId(id), command).catch(() => undefined);
        return result === undefined || (!result.ok && result.code === 'unavailable') ? undefined : result;
      },
      120_000,
    );
  }

  /** Keeps about `live` units of the loads going. `stop` resolves when all of them have ended; it rejects when one did not. */
  keepFed(live: number): { stop(): Promise<void> } {
    let isOver = false;
    const feeding = this.#feed(live, () => isOver);
    // Told by `stop`.
    feeding.catch(() => undefined);
    return {
      stop() {
        isOver = true;
        return feeding;
      },
    };
  }

  async #feed(live: number, until: () => boolean): Promise<void> {
    const underway = new Set<Promise<void>>();
    for (let i = 0; !until(); i += 1) {
      const load = this.#loads[i % this.#loads.length];
      if (load === undefined) throw new Error('A scene that is fed needs a load.');
      const startedAt = performance.now();
      const unit = load.drive(this, i).finally(() => {
        underway.delete(unit);
        if (load.queuesUp !== true) this.slowestUnitMs = Math.max(this.slowestUnitMs, performance.now() - startedAt);
      });
      unit.catch(() => undefined);
      underway.add(unit);
      while (underway.size >= live && !until()) await Promise.race([...underway, pause(200)]);
    }
    await Promise.all(underway);
  }

  /** After a fault: resolves when an instance that is started now has ended, and remembers the longest that took. */
  async movesAgain(): Promise<void> {
    const startedAt = performance.now();
    const id = `moves-again-${this.faults.length}`;
    await this.start('chain', id);
    await this.ended(id);
    this.slowestMovesAgainMs = Math.max(this.slowestMovesAgainMs, performance.now() - startedAt);
  }

  /** Waits until an instance has ended. */
  async ended(id: string, withinMs = 300_000): Promise<void> {
    await eventually(
      `${id} ends`,
      async () => {
        const [row] = await this.rows<{ status: InstanceStatus }>('SELECT status FROM instance WHERE id = $1', [id]);
        if (row === undefined || !isFinal(row.status)) await pause(30);
        return (row !== undefined && isFinal(row.status)) || undefined;
      },
      withinMs,
    );
  }

  /** Waits until every instance has ended, among them all acknowledged ones; gives how many did in which status. */
  async allEnded(withinMs = 180_000): Promise<Record<string, number>> {
    const wanted = new Set(this.acknowledged.map(({ instanceId: id }) => id)).size;
    let seen = '';
    return eventually(
      'all instances end',
      async () => {
        const rows = await this.rows<{ status: InstanceStatus; n: number }>(
          `SELECT status, count(*)::int AS n FROM instance WHERE workflow_key NOT LIKE '@%' GROUP BY status`,
        );
        const counts = Object.fromEntries(rows.map(({ status, n }) => [status, n]));
        seen = JSON.stringify(counts);
        // Sub-workflows are counted as well.
        const total = rows.reduce((sum, { n }) => sum + n, 0);
        if (total >= wanted && rows.every(({ status }) => isFinal(status))) return counts;
        await pause(100);
        return undefined;
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
  async shares(wanted: readonly number[], withinMs = 20_000): Promise<void> {
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

  /** What its workers have written so far, in whole lines: for a scene that goes on where this one stood. */
  written(name: 'sink' | 'commits'): string {
    return this.#text(name);
  }

  /** Before its first worker: what those of another scene wrote. */
  inherit(name: 'sink' | 'commits', text: string): void {
    writeFileSync(this.#file(name), text, { flag: 'wx' });
  }

  commits(): CommitLine[] {
    return this.#lines<CommitLine>('commits');
  }

  cells(): CellLine[] {
    return this.#lines<CellLine>('cells');
  }

  /** How often a living worker's leases ran out so far. */
  get lapsedLeases(): number {
    return this.#lapses().length;
  }

  /**
   * A worker that nothing was renewed for during a whole lease, on a machine too slow for it, gives everything up and claims it anew: whatever was
   * executing in it is executed again. It says so, and that moment is a fault, though none of the drill's.
   */
  #lapses(): Fault[] {
    return [...this.#text('troubles').matchAll(/^(\S+Z) (\d+) leases: LeasesRanOut/gm)].map(([, moment = '', pid]) => {
      const at = Date.parse(moment);
      return { from: at, until: at, concerns: (effect) => workerOf(effect) === Number(pid) };
    });
  }

  /** What rows, files and the loads' own sums say of the promises, after all has ended. */
  async verdicts(): Promise<{ verdicts: Verdicts; duplicates: number; executions: number; inFlight: number }> {
    const commits = this.commits();
    const { broken } = await checkInvariants(this.#addresses.databaseUrl, { acknowledged: this.acknowledged, commits });
    const verdicts: Verdicts = {};
    for (const invariant of ['I1', 'I2', 'I3', 'I4', 'I5', 'I9', 'I10', 'I11'] as const) {
      const { count, examples } = broken[invariant] ?? { count: 0, examples: [] };
      verdicts[invariant] = { holds: count === 0, count, examples };
    }
    const completed = await this.database.query<{ key: string }>(
      `SELECT DISTINCT h.instance_id || '/' || i.execution_id || '/' || (h.data->>'step') AS key FROM history_event h JOIN instance i ON i.id = h.instance_id WHERE h.type = 'TaskCompleted'`,
    );
    const reported = new Map(commits.toReversed().flatMap(({ at, reported: attempts }) => attempts.map((one) => [one, at] as const)));
    const effects = checkSideEffects(
      this.effects(),
      [...this.faults, ...this.#lapses()],
      reported,
      completed.rows.map(({ key }) => key),
    );
    verdicts.I8 = { holds: effects.holds, count: effects.examples.length, examples: effects.examples.slice(0, 5) };
    const left = await this.database.query<{ message_id: string }>('SELECT message_id FROM message WHERE refusal IS NULL LIMIT 5');
    if (left.rows.length > 0 && verdicts.I9 !== undefined)
      verdicts.I9 = {
        holds: false,
        count: verdicts.I9.count + left.rows.length,
        examples: [...verdicts.I9.examples, `messages nobody took up: ${left.rows.map((row) => row.message_id).join(', ')}`],
      };
    for (const load of this.#loads)
      for (const [invariant, found] of Object.entries((await load.check?.(this)) ?? {}))
        addTo(verdicts, invariant as keyof Verdicts, found);
    return { verdicts, ...effects };
  }

  /** The outcome of a drill that ran a fed scene and let everything end. */
  async outcome(planned: number, more: Pick<DrillOutcome, 'measured' | 'problems'>): Promise<DrillOutcome> {
    const statuses = await this.allEnded();
    const { verdicts, duplicates, executions, inFlight } = await this.verdicts();
    return {
      planned,
      // A pair each.
      injected: this.faults.length / 2,
      idle: this.idleFaults,
      acknowledged: this.acknowledged.length,
      duplicates,
      verdicts,
      measured: {
        instances: Object.values(statuses).reduce((a, b) => a + b, 0),
        executions,
        inFlightAtFaults: inFlight,
        lapsedLeases: this.lapsedLeases,
        slowestUnitMs: Math.round(this.slowestUnitMs),
        ...(this.slowestMovesAgainMs > 0 ? { slowestMovesAgainMs: Math.round(this.slowestMovesAgainMs) } : {}),
        ...more.measured,
      },
      problems: [
        ...more.problems,
        ...(Object.keys(statuses).some((status) => status !== 'Completed') ? [`not all completed: ${JSON.stringify(statuses)}`] : []),
      ],
    };
  }

  #file(name: string): string {
    return join(this.#folder, `${this.#addresses.name ?? 'scene'}-${name}`);
  }

  /** Grows with every commit a worker was answered, and can be read while the database is away. */
  #progress(): number {
    return statSync(this.#file('commits'), { throwIfNoEntry: false })?.size ?? 0;
  }

  #lines<Line>(name: string): Line[] {
    return this.#text(name)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line); // written by worker-program.ts
  }

  /** Without the last line if that is cut off: by a kill, or because it is being written. */
  #text(name: string): string {
    try {
      const text = readFileSync(this.#file(name), 'utf8');
      return text.slice(0, text.lastIndexOf('\n') + 1);
    } catch {
      return '';
    }
  }
}

/** Several loads may speak of one invariant. */
function addTo(verdicts: Verdicts, invariant: keyof Verdicts, { holds, count, examples }: InvariantVerdict): void {
  const before = verdicts[invariant] ?? { holds: true, count: 0, examples: [] };
  verdicts[invariant] = {
    holds: before.holds && holds,
    count: before.count + count,
    examples: [...before.examples, ...examples].slice(0, 5),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms));
}
