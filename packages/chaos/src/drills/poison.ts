/**
 * Work that ends whatever process runs it: one exits, one eats its memory, one never gives the main thread back. Each ends one worker, for the rest
 * of its claims one cell each, and must be held after five, not before and not later, while the instances beside it go on; let out again it
 * completes if it has been cured, and given up it fails. At last a worker is killed while a poison loops in a cell of it: the cell must not
 * outlive it, and the claim must count. An activity that complains at length (10 MB) is no poison: that is an outcome, and takes its error path.
 */
import { stepKey } from '@perdure/engine';
import { drawWorkflow, eventually, publishWorkflow, type WorkerProcess } from '@perdure/testing';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Drill } from '../drill.ts';
import { chain } from '../loads/chain.ts';
import { counter } from '../loads/counter.ts';
import { drillStep } from '../loads/drill-step.ts';
import { nap } from '../loads/nap.ts';
import { Scene } from '../scene.ts';

/** In turns. */
const poisons = ['exit', 'eat', 'loop', 'complain'] as const;
type Poison = (typeof poisons)[number];

const lethal = /^(exit|eat|loop)-/;

const claimLimit = 5;
const leaseMs = 1_500;
const step = stepKey('work#1');

/** So that what eats memory harms its own process only. */
const nodeOptions = ['--max-old-space-size=128'];

const work = (path: string) =>
  drawWorkflow(
    {
      start: { type: 'start' },
      work: drillStep(path),
      done: { type: 'end', config: { value: 'done' } },
      caught: { type: 'end', config: { value: { expr: 'error.code' } } },
    },
    ['start -> work', 'work -> done', 'work.error -> caught'],
  );

const workflows = {
  exit: work('exit'),
  eat: work('eat'),
  loop: work('loop'),
  complain: work(`complain/${10 * 1_024}/answered`),
  'complain-thrown': work(`complain/${10 * 1_024}/thrown`),
};

export const poison: Drill = {
  name: 'poison',
  title: 'Activities that end their worker (exit, memory, endless loop) five times and are held, or fail with 10 MB of text',
  unit: 'poisons',
  sizes: { verify: 4, full: 40, part: 8 },
  async run(context) {
    const [postgres, redis] = [await context.database(), await context.redis()];
    const scene = await Scene.begin(context, { databaseUrl: postgres.url, redisUrl: redis.url }, [chain, counter, nap]);
    for (const [key, document] of Object.entries(workflows)) await publishWorkflow(postgres.url, key, document);
    const supervisor = await Supervisor.begin(scene);
    context.defer(() => supervisor.stop());
    const load = scene.keepFed(12);
    const fedFrom = Date.now();
    await sleep(3_000);
    const poisonedFrom = Date.now();
    const problems: string[] = [];
    let injected = 0;
    let killers = 0;
    for (let n = 0; n < context.planned; n += 1) {
      const kind = poisons[n % poisons.length] ?? 'exit';
      const round = Math.floor((context.offset + n) / poisons.length);
      const [dead, deadCells] = [supervisor.deaths, cellDeaths(scene)];
      const startedAt = performance.now();
      problems.push(...(kind === 'complain' ? await complain(scene, round) : await endWorkers(scene, kind, round)));
      injected += 1;
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      const ended = supervisor.deaths - dead;
      if (ended > 1) problems.push(`${kind}-${round} ended ${ended} workers.`);
      if (lethal.test(`${kind}-`)) killers += 1;
      context.log(`${kind}-${round}: ${seconds} s, ${ended} workers and ${cellDeaths(scene) - deadCells} cells ended`);
    }
    const poisonedUntil = Date.now();
    const workersEnded = supervisor.deaths;
    problems.push(...(await orphanCell(scene, supervisor)));
    await load.stop();
    // Each stands still from its poison on, and is gone soon after.
    for (const [key, executions] of Map.groupBy(scene.effects(), (effect) => effect.key))
      if (lethal.test(key)) for (const { pid, at } of executions) scene.struckAt(pid, at, 10_000);
    const innocent = await scene.rows<{ id: string }>(
      `SELECT DISTINCT instance_id AS id FROM history_event WHERE type = 'TaskQuarantined' AND instance_id !~ $1 LIMIT 5`,
      [lethal.source],
    );
    if (innocent.length > 0) problems.push(`held without being poison: ${innocent.map(({ id }) => id).join(', ')}`);
    const [before, meanwhile] = [await othersP95Ms(scene, fedFrom, poisonedFrom), await othersP95Ms(scene, poisonedFrom, poisonedUntil)];
    return {
      ...(await scene.outcome(context.planned, {
        measured: {
          killers,
          workersEnded,
          cellsStarted: scene.cells().filter(({ type }) => type === 'started').length,
          cellDeaths: cellDeaths(scene),
          othersP95Ms: before,
          othersP95MsBesidePoison: meanwhile,
          othersP95RatioPercent: Math.round((100 * meanwhile) / before),
        },
        problems,
      })),
      // The scene counts deaths.
      injected,
    };
  },
};

/** Starts one that ends its workers; gives what was not as it should be. Every other one is cured and released, the others are given up. */
async function endWorkers(scene: Scene, kind: Exclude<Poison, 'complain'>, round: number): Promise<string[]> {
  const id = `${kind}-${round}`;
  const isCured = (round + poisons.indexOf(kind)) % 2 === 0;
  await scene.start(kind, id);
  return heldAndLetOut(scene, id, isCured);
}

async function heldAndLetOut(scene: Scene, id: string, isCured: boolean): Promise<string[]> {
  const held = await eventually(
    `${id} is held`,
    async () => {
      await sleep(50);
      const rows = await scene.rows<{ claims: number }>(
        `SELECT (data->>'claims')::int AS claims FROM history_event WHERE instance_id = $1 AND type = 'TaskQuarantined'`,
        [id],
      );
      return rows[0];
    },
    120_000,
  );
  const begunUntilHeld = begun(scene, id);
  if (isCured) scene.cure(id);
  const way = isCured ? 'ReleaseTask' : 'GiveUpTask';
  const answer = await scene.send(id, { type: way, step, reason: '', by: 'drill' });
  await scene.ended(id);
  const output = await outputOf(scene, id);
  const problems = [];
  if (held.claims !== claimLimit) problems.push(`${id} was held with ${held.claims} claims.`);
  // A worker that loses its leases to nobody begins again what it was executing, and that counts nothing.
  if (begunUntilHeld < claimLimit || begunUntilHeld > claimLimit + scene.lapsedLeases)
    problems.push(`${id} had been begun ${begunUntilHeld} times when it was held.`);
  if (begun(scene, id) !== begunUntilHeld + (isCured ? 1 : 0)) problems.push(`${id} was begun ${begun(scene, id)} times in all.`);
  if (!answer.ok) problems.push(`${id} did not take ${way}: ${answer.code}.`);
  if (output !== (isCured ? 'done' : 'Quarantined')) problems.push(`${id} ended with ${JSON.stringify(output)}.`);
  return problems;
}

/** Kills a worker while a poison loops in one of its cells, and sees to it that none of that worker's cells is left. */
async function orphanCell(scene: Scene, supervisor: Supervisor): Promise<string[]> {
  const id = 'loop-orphan';
  await scene.start('loop', id);
  const inCell = await eventually(
    `${id} runs in a cell`,
    () => scene.effects().find(({ key, worker }) => worker !== undefined && key.startsWith(`${id}/`)),
    120_000,
  );
  const worker = inCell.worker ?? 0;
  await scene.strike(supervisor.livingWith(worker), 0, () => void process.kill(worker, 'SIGKILL'));
  const problems = await heldAndLetOut(scene, id, true);
  const cells = scene.cells().filter((cell) => cell.type === 'started' && cell.worker === worker);
  const left = cells.filter(({ pid }) => isCell(pid));
  if (cells.length === 0) problems.push(`worker ${worker} had no cell.`);
  if (left.length > 0) problems.push(`cells ${left.map(({ pid }) => pid).join(', ')} outlive worker ${worker}.`);
  return problems;
}

/** Whether this process is one: numbers are given again. */
function isCell(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('cell-program');
  } catch {
    return false;
  }
}

const cellDeaths = (scene: Scene): number => scene.cells().filter(({ type }) => type === 'died').length;

/** Starts one that fails with 10 MB of text. */
async function complain(scene: Scene, round: number): Promise<string[]> {
  const isThrown = round % 2 === 1;
  const id = `complain-${round}`;
  await scene.start(isThrown ? 'complain-thrown' : 'complain', id);
  await scene.ended(id);
  const output = await outputOf(scene, id);
  const [size] = await scene.rows<{ event: number; payload: number }>(
    `SELECT max(length(data::text))::int AS event, (SELECT coalesce(max(bytes), 0) FROM payload) AS payload
     FROM history_event WHERE instance_id = $1`,
    [id],
  );
  const problems = [];
  if (output !== (isThrown ? 'ActivityError' : 'Complaint')) problems.push(`${id} ended with ${JSON.stringify(output)}.`);
  if (begun(scene, id) !== 1) problems.push(`${id} was begun ${begun(scene, id)} times.`);
  if (size === undefined || size.event > 16_384 || size.payload > 300_000) problems.push(`${id} is stored with ${JSON.stringify(size)}.`);
  return problems;
}

const begun = (scene: Scene, id: string): number => scene.effects().filter(({ key }) => key.startsWith(`${id}/`)).length;

async function outputOf(scene: Scene, id: string): Promise<unknown> {
  const rows = await scene.rows<{ output: unknown }>(
    `SELECT data->'output' AS output FROM history_event WHERE instance_id = $1 AND type = 'ExecutionCompleted'`,
    [id],
  );
  return rows[0]?.output;
}

/** From start to end, of those of the load that were started between these moments. */
async function othersP95Ms(scene: Scene, from: number, until: number): Promise<number> {
  const [row] = await scene.rows<{ p95: number | null }>(
    `SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM completed_at - created_at)::float8 * 1000) AS p95
     FROM instance WHERE workflow_key IN ('chain', 'counter') AND created_at BETWEEN to_timestamp($1 / 1000.0) AND to_timestamp($2 / 1000.0)`,
    [from, until],
  );
  return Math.round(row?.p95 ?? 0);
}

/** Keeps two workers going, as a process manager would. */
class Supervisor {
  readonly #scene: Scene;
  readonly #workers: WorkerProcess[] = [];
  deaths = 0;
  #isOver = false;

  private constructor(scene: Scene) {
    this.#scene = scene;
  }

  static async begin(scene: Scene): Promise<Supervisor> {
    const supervisor = new Supervisor(scene);
    for (let place = 0; place < 2; place += 1) void supervisor.#keep(await supervisor.#worker());
    return supervisor;
  }

  stop(): void {
    this.#isOver = true;
  }

  async #keep(first: WorkerProcess): Promise<void> {
    let worker: WorkerProcess | null = first;
    while (!this.#isOver) {
      await worker?.ended;
      if (this.#isOver) return;
      this.deaths += 1;
      // It may end before it has said that it works: it begins what it takes over at once.
      worker = await this.#worker().catch(() => null);
    }
    await worker?.kill();
  }

  /** The worker with this process id. */
  livingWith(pid: number): WorkerProcess[] {
    return this.#workers.filter((worker) => worker.pid === pid);
  }

  async #worker(): Promise<WorkerProcess> {
    const options = { leaseMs, renewEveryMs: 300 };
    const silence = 2 * leaseMs;
    const worker = await this.#scene.worker(options, undefined, {
      watchdogMs: silence,
      nodeOptions,
      cells: { heapMb: 64, silenceMs: silence },
    });
    this.#workers.push(worker);
    return worker;
  }
}
