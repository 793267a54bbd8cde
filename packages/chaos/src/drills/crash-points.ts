/**
 * Every call a worker makes to its store while it plays a scenario, one by one: the call fails before the store has done it, or after, with the
 * answer lost; or the process is killed there. Reading changes nothing, so at calls that only read one way of failing stands for all.
 * Afterwards every history must tell the same story as that of the run in which nothing failed.
 */
import type { HistoryEvent } from '@perdure/engine';
import type { WorkerProcess } from '@perdure/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { CallGate, type CallPoint, type GateReport } from '../call-gate.ts';
import { crashScenarios, type CrashScenario } from '../crash-scenarios.ts';
import type { Drill, DrillContext, Verdicts } from '../drill.ts';
import { Scene } from '../scene.ts';
import type { Question } from '../worker-program.ts';

export const crashPoints: Drill = {
  name: 'crash-points',
  title: 'Every store call of a scenario fails, or kills its worker, before and after the store has done it',
  unit: 'scenarios',
  sizes: { verify: 8, full: crashScenarios.length, part: 3 },
  limitMs: 900_000,
  async run(context) {
    const scenarios = crashScenarios.slice(context.offset, context.offset + context.planned);
    const lanes = await Promise.all(Array.from({ length: laneCount }, (_, i) => Lane.begin(context, `lane${i + 1}`, scenarios)));
    const spread = async <Task>(tasks: Task[], work: (lane: Lane, task: Task) => Promise<void>): Promise<void> => {
      const waiting = [...tasks];
      await Promise.all(
        lanes.map(async (lane) => {
          for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await work(lane, task);
        }),
      );
    };
    const tries: Try[] = [];
    await spread(scenarios, async (lane, scenario) => void tries.push(...(await lane.rehearse(scenario))));
    const missed: Try[] = [];
    await spread(tries, async (lane, one) => {
      if (!(await lane.strike(one))) missed.push(one);
    });
    for (const { scenario, point } of missed) context.log(`${scenario.name} never came to ${described(point)}`);
    // Branches that race may share a commit in one run and not in another.
    const covered = scenarios.filter((scenario) => {
      const own = tries.filter((one) => one.scenario === scenario).length;
      return own > 0 && missed.filter((one) => one.scenario === scenario).length <= 0.1 * own;
    });
    const ends = await Promise.all(lanes.map((lane) => lane.end()));
    return {
      planned: scenarios.length,
      injected: covered.length,
      acknowledged: lanes.reduce((sum, { scene }) => sum + scene.acknowledged.length, 0),
      duplicates: ends.reduce((sum, { duplicates }) => sum + duplicates, 0),
      verdicts: ends.reduce<Verdicts>((all, { verdicts }) => both(all, verdicts), {}),
      measured: { points: tries.length, reached: tries.length - missed.length, kills: lanes.reduce((sum, { kills }) => sum + kills, 0) },
      problems: lanes.flatMap((lane) => lane.problems),
    };
  },
};

/** Mostly they wait. */
const laneCount = 4;

/** A scenario to be played with one call failing, and what must come out. */
interface Try {
  scenario: CrashScenario;
  point: Point;
  calm: Story;
  name: string;
}

/** A call of the worker, or of the process that serves the API. */
type Point = CallPoint & { of: 'worker' | 'api' };

/** What nothing but time makes the worker ask: one of each is enough, and is waited for behind the scenario's end. */
const periodic = ['leases.renew', 'leases.survey', 'messages', 'dueTimers', 'nearTimers', 'seqs'];
/** Made when a worker starts or meets a workflow for the first time, and not again with the next instance. */
const onceForAll = ['versionDocument', 'latestVersion', 'leases.unfinishedWork', 'leases.claim', 'leases.openPresence'];
const changing = [
  'commit',
  'accept',
  'keepPayload',
  'deleteTimers',
  'deleteMessages',
  'deleteUndeliverable',
  'refuseMessages',
  'withdrawMessage',
  'messageFate',
  'countClaims',
  'markDied',
  'leases.renew',
  'leases.survey',
];

/** One scene with one worker, which is replaced whenever it dies. */
class Lane {
  readonly scene: Scene;
  readonly #api: CallGate;
  #worker: WorkerProcess;
  #isOver = false;
  #replacing: Promise<void>;
  kills = 0;
  readonly problems: string[] = [];

  private constructor(scene: Scene, api: CallGate, worker: WorkerProcess) {
    this.scene = scene;
    this.#api = api;
    this.#worker = worker;
    this.#replacing = this.#replaceDead();
    // Told by `end`, if it comes to that.
    this.#replacing.catch(() => undefined);
  }

  static async begin(context: DrillContext, name: string, scenarios: readonly CrashScenario[]): Promise<Lane> {
    const [postgres, redis] = [await context.database(), await context.redis()];
    const api = new CallGate();
    const workflows = Object.assign({}, ...scenarios.map((scenario) => scenario.workflows)) as CrashScenario['workflows'];
    const load = { workflows, drive: () => Promise.reject(new Error('Scenarios are played, not driven.')) };
    const scene = await Scene.begin(context, { databaseUrl: postgres.url, redisUrl: redis.url, name }, [load], {
      throughStore: (store) => api.through(store),
    });
    return new Lane(scene, api, await scene.worker({ force: true }));
  }

  async end(): Promise<Awaited<ReturnType<Scene['verdicts']>>> {
    this.#isOver = true;
    await this.#worker.stop();
    await this.#replacing;
    await this.scene.worker({ force: true });
    await this.scene.allEnded();
    return this.scene.verdicts();
  }

  /** Plays it with nothing failing; gives what can fail. */
  async rehearse(scenario: CrashScenario): Promise<Try[]> {
    const id = `${scenario.name}-calm`;
    await this.#rearm(null);
    await scenario.play(this.scene, id);
    // What follows the end still belongs to it: an answer to a parent, a message deleted.
    await sleep(300);
    const { counts } = await this.#rearm(null);
    const calm = await this.#story(id);
    return pointsOf(counts).map((point, i) => ({ scenario, point, calm, name: `${scenario.name}-${i}` }));
  }

  /** Plays the scenario with the call failing; false when the call was never made, in three tries. */
  async strike({ scenario, point, calm, name }: Try): Promise<boolean> {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const id = `${name}-${attempt}`;
      const isHit = await this.#strikeOnce(scenario, point, id);
      // It may have died behind the end, before all that follows from it was done.
      await this.scene.allEnded();
      const story = await this.#story(id);
      if (!isDeepStrictEqual(story, calm)) this.problems.push(`${id}, with ${described(point)}: ${difference(story, calm)}`);
      if (isHit) return true;
    }
    return false;
  }

  async #strikeOnce(scenario: CrashScenario, point: Point, id: string): Promise<boolean> {
    if (point.of === 'api') {
      this.#api.arm(point);
      await scenario.play(this.scene, id);
      return this.#api.report().struckAt !== null;
    }
    await this.#rearm(point);
    const armed = this.#worker;
    await scenario.play(this.scene, id);
    const deadline = performance.now() + (periodic.includes(point.call) ? 3_000 : 200);
    for (;;) {
      const report = await armed.ask<GateReport>({ arm: point, peek: true } satisfies Question).catch(() => null);
      if (report === null) {
        await armed.ended;
        this.kills += 1;
        return true;
      }
      if (report.struckAt !== null) {
        this.scene.struckAt(armed.pid, report.struckAt, 3_000);
        return true;
      }
      if (performance.now() > deadline) return false;
      await sleep(20);
    }
  }

  /** Arms the worker that lives, whichever that is; gives what the last arming came to. */
  async #rearm(point: CallPoint | null): Promise<GateReport> {
    for (;;) {
      try {
        return await this.#worker.ask<GateReport>({ arm: point } satisfies Question);
      } catch {
        await sleep(20);
      }
    }
  }

  async #replaceDead(): Promise<void> {
    for (;;) {
      const { ended, pid } = this.#worker;
      await ended;
      if (this.#isOver) return;
      this.scene.struckAt(pid, Date.now());
      // It takes over at once, as after a restart of the embedded installation.
      this.#worker = await this.scene.worker({ force: true });
    }
  }

  async #story(id: string): Promise<Story> {
    const { rows } = await this.scene.database.query<{ instance_id: string; seq: number; type: string; data: object }>(
      `WITH RECURSIVE family AS (
         SELECT id FROM instance WHERE id = $1 UNION ALL SELECT i.id FROM instance i JOIN family f ON i.parent_instance_id = f.id
       ) SELECT instance_id, seq, type, data FROM history_event WHERE instance_id IN (SELECT id FROM family) ORDER BY instance_id, seq`,
      [id],
    );
    return storyOf(
      rows.map(({ instance_id, seq, type, data }) => ({ instance: instance_id, event: { ...data, seq, at: 0, type } as HistoryEvent })),
      id,
    );
  }
}

function pointsOf(counts: Readonly<Record<string, number>>): Point[] {
  const asked = { ...Object.fromEntries(['leases.renew', 'leases.survey', 'messages'].map((call) => [call, 1])), ...counts };
  const ofWorker = Object.entries(asked).flatMap(([call, count]) => {
    if (onceForAll.includes(call)) return [];
    const times = periodic.includes(call) ? 1 : count;
    return Array.from({ length: times }, (_, i) => i + 1).flatMap((nth) =>
      waysOf(call).map((how): Point => ({ of: 'worker', call, nth, how })),
    );
  });
  const ofApi = (['fail before', 'fail after'] as const).map((how): Point => ({ of: 'api', call: 'accept', nth: 1, how }));
  return [...ofWorker, ...ofApi];
}

function waysOf(call: string): CallPoint['how'][] {
  if (call === 'activity') return ['die before'];
  return changing.includes(call) ? ['fail before', 'fail after', 'die before', 'die after'] : ['fail before'];
}

function described({ of, call, nth, how }: Point): string {
  return `${of}'s ${call} ${nth}, ${how}`;
}

function difference(story: Story, calm: Story): string {
  const places = [...new Set([...Object.keys(calm), ...Object.keys(story)])].filter(
    (place) => !isDeepStrictEqual(calm[place], story[place]),
  );
  return places
    .map((place) => `${place} is ${JSON.stringify(story[place])} instead of ${JSON.stringify(calm[place])}`)
    .join('; ')
    .slice(0, 1_500);
}

/** Per instance and place of it: what happened there, in order, without what chance and clocks decide. Branches interleave as they like. */
type Story = Record<string, unknown[]>;

function storyOf(history: readonly { instance: string; event: HistoryEvent }[], id: string): Story {
  const story: Story = {};
  for (const { instance, event } of history) {
    const { seq: _seq, at: _at, ...said } = event as HistoryEvent & Record<string, unknown>;
    for (const own of ['fireAt', 'executionId', 'task', 'raised']) delete (said as Record<string, unknown>)[own];
    const inFrame = 'index' in event ? `${event.step} pass ${event.index}` : undefined;
    const place = inFrame ?? ('step' in event ? event.step : 'via' in event ? `${event.node} by ${event.via}` : 'instance');
    // Ids of children end in a hash of their parent's execution; payloads hold the activity's key.
    const text = (value: string): string =>
      value
        .replaceAll(id, '#')
        .replaceAll(/(:[\w-]+):[0-9a-f]{16}/g, '$1')
        .replaceAll(/"\$payload":"[\w-]+"/g, '"$payload":"#"');
    (story[`${text(instance)} ${place}`] ??= []).push(JSON.parse(text(JSON.stringify(withoutChance(said)))));
  }
  return story;
}

/** Who a step of another execution is, is told by the execution's id. */
function withoutChance(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutChance);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'executionId')
      .map(([key, inner]) => [key, withoutChance(inner)]),
  );
}

function both(one: Verdicts, other: Verdicts): Verdicts {
  const all = { ...one };
  for (const [name, verdict] of Object.entries(other)) {
    // The keys of Verdicts.
    const invariant = name as keyof Verdicts;
    const before = all[invariant];
    all[invariant] =
      before === undefined
        ? verdict
        : {
            holds: before.holds && verdict.holds,
            count: before.count + verdict.count,
            examples: [...before.examples, ...verdict.examples],
          };
  }
  return all;
}
