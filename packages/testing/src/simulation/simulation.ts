/**
 * One seed: several real runtimes on one simulated database and Redis, a load, and faults until a moment from which on nothing fails any more.
 * Then everything must come to its end, and what is stored must keep the invariants.
 *
 * Besides the rows, watched while it happens: what a caller is told is stored by then; an activity begins after its scheduling was stored, and
 * once at a time per process; no timer fires early; without faults nothing is executed twice; what an instance did is what the model does.
 */
import { createHash } from 'node:crypto';
import {
  evolve,
  initialState,
  instanceId,
  isFinal,
  type CommandBody,
  type HistoryEvent,
  type InstanceId,
  type InstanceState,
} from '@perdure/engine';
import { expressionAnalyser } from '@perdure/expressions';
import { assembleRuntime, type Activity, type ActivityResult, type Runtime } from '@perdure/runtime';
import type { Evidence, Verdict } from '../check-rows.ts';
import { anotherVersion, type AnotherVersion } from '../model/another-version.ts';
import { randomWorkflow, type RandomWorkflow } from '../model/random-workflow.ts';
import { compareWithModel } from '../model/compare-with-model.ts';
import { seededRandom } from '../seeded-random.ts';
import { noNetworkFaults, SimulatedNetwork, type NetworkFaults } from './simulated-network.ts';
import { SimulatedDatabase } from './simulated-database.ts';
import { SimulatedRedis } from './simulated-redis.ts';
import { SimulatedProcess, VirtualTime } from './virtual-time.ts';

export interface SimulationResult {
  seed: string;
  /** Of everything that happened, in order. */
  digest: string;
  instances: number;
  events: number;
  faults: number;
  acknowledged: number;
  /** Executions of an attempt beyond its first. */
  duplicates: number;
  /** How many instances were held against the model. */
  modelled: number;
  virtualMs: number;
  tasks: number;
  /** Every broken promise, in words, with the invariant where there is one. */
  problems: { invariant: string | null; example: string }[];
  log: string[];
}

/** An expression means the same in every process: it is analysed once. */
const analyses = new Map<string, ReturnType<typeof expressionAnalyser.analyse>>();
const analyser: typeof expressionAnalyser = {
  analyse(source) {
    const known = analyses.get(source) ?? expressionAnalyser.analyse(source);
    analyses.set(source, known);
    return known;
  },
};

const leaseMs = 2_000;
const faultyMs = 12_000;
/** What is stored keeps the invariants at any moment, not only in the end. */
const looksMeanwhile = 3;
/** By then everything must have ended: the longest pause of a setback included. */
const endMs = 20 * 60_000;

/** @param keepLog for a replay: every line of what happened */
export async function simulate(seed: string, keepLog = false): Promise<SimulationResult> {
  const world = new World(seed, keepLog);
  const restore = world.time.install();
  try {
    return await world.run();
  } finally {
    restore();
  }
}

interface Member {
  process: SimulatedProcess;
  runtime: Runtime | null;
}

class World {
  readonly time: VirtualTime;
  readonly #seed: string;
  readonly #random: () => number;
  readonly #keepLog: boolean;
  readonly #hash = createHash('sha256');
  readonly #log: string[] = [];
  readonly #database: SimulatedDatabase;
  readonly #redis = new SimulatedRedis();
  readonly #network: SimulatedNetwork;
  readonly #members: Member[] = [];
  readonly #workflows = new Map<string, RandomWorkflow>();
  /** Their second versions, published in the middle of it. */
  readonly #next = new Map<string, AnotherVersion>();
  readonly #acknowledged: NonNullable<Evidence['acknowledged']>[number][] = [];
  readonly #commits: NonNullable<Evidence['commits']>[number][] = [];
  /** Starts that nobody has been told the end of. */
  readonly #starting = new Set<InstanceId>();
  readonly #scheduled = new Set<string>();
  readonly #executions = new Map<string, number>();
  readonly #rewound = new Set<string>();
  readonly #problems: SimulationResult['problems'] = [];
  /** No faults at all, or none but the ends of all sessions, which living workers must survive unnoticed. */
  readonly #isQuiet: boolean;
  #healed = false;
  #processes = 0;
  #asked = 0;
  #faults = 0;

  constructor(seed: string, keepLog: boolean) {
    this.#seed = seed;
    this.#keepLog = keepLog;
    this.#random = seededRandom(seed);
    this.time = new VirtualTime(this.#random);
    this.#database = new SimulatedDatabase(() => this.time.databaseNow);
    this.#network = new SimulatedNetwork(this.time, this.#random, (line) => this.#note(line));
    this.#isQuiet = this.#random() < 0.2;
    this.#database.onStored = (item, cleared) => {
      const { instanceId: id, executionId, baseSeq, seq, epoch, events } = item;
      this.#note(`stored ${id} ${baseSeq}-${seq} under ${epoch}: ${events.map(({ type }) => type).join(' ')}`);
      if (events.length > 0) this.#commits.push({ instanceId: `${id}/${executionId}`, baseSeq, seq, epoch });
      for (const event of events) {
        if (event.type === 'TaskScheduled') this.#scheduled.add(`${id}/${executionId}/${event.step} attempt ${event.attempt}`);
        if (event.type === 'ExecutionRewound') this.#rewound.add(id);
        if (event.type !== 'TimerFired') continue;
        const row = cleared.find(({ timer }) => timer === event.timer);
        if (row !== undefined && (row.fireAt > this.time.databaseNow || row.fireAt > event.at))
          this.#problem(null, `${id}: the timer ${event.timer} fired before its moment`);
      }
    };
  }

  async run(): Promise<SimulationResult> {
    const workers = this.#between(1, 3);
    this.#publish();
    for (let n = 0; n < workers; n += 1) this.time.later(this.#random() * 400, () => this.#begin());
    this.#planLoad();
    if (!this.#isQuiet) this.#planFaults();
    else if (this.#random() < 0.5) this.#planEndsOfSessions();
    for (let n = 0; n < looksMeanwhile; n += 1) this.time.later(this.#random() * faultyMs, () => this.#checkRows({}));
    this.time.later(faultyMs, () => this.#heal());
    for (let before = -1; before < this.time.now && this.time.now < endMs && !(before >= 0 && this.#isOver());) {
      before = this.time.now;
      await this.time.run(endMs, () => this.#healed && this.#isOver());
      // Whoever is late by a message or two: a duplicate, a clean-up of a timer, the start of a sub-workflow nobody waits for.
      await this.time.run(this.time.now + 3_000, () => false);
    }
    for (const { process } of this.#members) process.alive = false;
    return this.#result();
  }

  // ── The load ───────────────────────────────────────────────────────────────

  #publish(): void {
    for (let n = 0; n < 3; n += 1) this.#workflows.set(`random-${n}`, randomWorkflow(this.#random, { size: 14 }));
    this.#workflows.set('child', randomWorkflow(this.#random, { size: 4, children: false, waits: false }));
    for (const [key, { document }] of this.#workflows) this.#database.publish(key, document);
    for (const [key, workflow] of this.#workflows) {
      if (key === 'child' || this.#random() < 0.4) continue;
      const next = anotherVersion(workflow, this.#random);
      this.time.later(this.#random() * faultyMs, () => {
        this.#next.set(key, next);
        this.#database.publish(key, next.workflow.document);
      });
    }
  }

  #planLoad(): void {
    const count = this.#between(3, 8);
    for (let n = 0; n < count; n += 1) {
      const workflow = `random-${n % 3}`;
      const id = instanceId(`i${n}`);
      this.#starting.add(id);
      this.time.later(200 + this.#random() * faultyMs * 0.6, () => this.#start(workflow, id));
    }
    for (let n = 0; n < count * 4; n += 1) this.time.later(500 + this.#random() * faultyMs, () => this.#meddle());
    for (let n = 0; n < count * 2; n += 1) this.time.later(1_000 + this.#random() * faultyMs, () => this.#operate());
  }

  /** Through any process that works; asked again until it is told. */
  #start(workflow: string, id: InstanceId): void {
    const member = this.#anyMember();
    const again = (): void => this.time.later(100 + this.#random() * 300, () => this.#start(workflow, id));
    if (member === undefined) return again();
    const { process, runtime } = member;
    const input = { n: id.length, list: [1, 2, 3], flag: this.#random() < 0.5 };
    let settled = false;
    const settle = (work: () => void): void => {
      if (settled) return;
      settled = true;
      work();
    };
    this.#request(process, () => runtime.start({ workflow, version: null, input, startedBy: 'simulation', instanceId: id })).then(
      (result) =>
        settle(() => {
          if (!result.ok && result.code !== 'instance.exists') return again();
          this.#starting.delete(id);
          if (!result.ok) return;
          this.#acknowledged.push({ instanceId: id });
          const stored = this.#database.instances().find((instance) => instance.id === id);
          if (stored?.executionId !== result.executionId) this.#problem('I1', `the start of ${id} was acknowledged before it was stored`);
        }),
      () => settle(again),
    );
    this.time.later(15_000, () => settle(again));
  }

  /** Somebody outside does something to an instance. */
  #meddle(): void {
    const live = this.#database.instances().filter(({ status, id, parent }) => !isFinal(status) && parent === null && !id.includes(':'));
    const chosen = this.#pick(live);
    if (chosen === undefined) return;
    const { id } = chosen;
    const roll = this.#random();
    const name = `client${(this.#asked += 1)}`;
    if (roll < 0.3) {
      const event = this.#pick(['go', 'Stop']) ?? 'go';
      this.#send(id, { type: 'RaiseEvent', id: name, name: event, data: { k: this.#between(0, 2) }, by: name }, { event: name });
    } else if (roll < 0.7) {
      const task = this.#pick(this.#database.tasks().filter((one) => one.instance_id === id && one.status === 'open'));
      if (task !== undefined) this.#answerTask(id, name);
    } else if (roll < 0.8) this.#send(id, { type: 'Suspend', reason: 'simulated', by: name }, {});
    else if (roll < 0.97) this.#send(id, { type: 'Resume', reason: 'simulated', by: name }, {});
    else this.#send(id, { type: 'Terminate', reason: 'simulated', by: name, recursive: this.#random() < 0.7 }, {});
  }

  /** An operator does what the workflow does not. */
  #operate(): void {
    const top = this.#database.instances().filter(({ id, parent }) => parent === null && !id.includes(':'));
    const said = { reason: 'simulated', by: `operator${(this.#asked += 1)}` };
    const failed = this.#pick(top.filter(({ status }) => status === 'Failed'));
    if (failed !== undefined && this.#random() < 0.6) return this.#send(failed.id, { type: 'Rewind', ...said }, {});
    const chosen = this.#pick(top.filter(({ status }) => !isFinal(status) || status === 'Failed'));
    if (chosen === undefined) return;
    const state = this.#fold(chosen.id);
    const next = this.#next.get(chosen.workflow);
    if (next !== undefined && state.version === 1 && this.#random() < 0.3) {
      const { nodes, edges, joins } = next;
      return this.#send(chosen.id, { type: 'Migrate', version: 2, seq: state.seq, nodes, edges, joins, ...said }, {});
    }
    const step = this.#pick(state.fallen ? state.fallen.steps.map((one) => one.step) : [...state.steps.values()]);
    const roll = this.#random();
    if (step === undefined || roll < 0.3) return this.#send(chosen.id, { type: 'EditVariables', values: { edited: roll }, ...said }, {});
    if (roll < 0.6) return this.#send(chosen.id, { type: 'RetryStep', step: step.key, ...said }, {});
    const port = step.kind === 'humanTask' ? (step.task.outcomes[0]?.port ?? null) : null;
    this.#send(chosen.id, { type: 'SkipStep', step: step.key, output: null, port, ...said }, {});
  }

  #answerTask(id: InstanceId, by: string): void {
    for (const step of this.#fold(id).steps.values()) {
      if (step.kind !== 'humanTask' || this.#random() < 0.3) continue;
      const outcome = this.#pick(step.task.outcomes)?.port;
      if (outcome === undefined) continue;
      this.#send(id, { type: 'DecideHumanTask', step: step.key, outcome, data: { k: 1 }, comment: null, by }, { decidedBy: by });
      return;
    }
  }

  #send(id: InstanceId, command: CommandBody, promise: { event?: string; decidedBy?: string }): void {
    const member = this.#anyMember();
    if (member === undefined) return;
    const { process, runtime } = member;
    this.#request(process, () => runtime.send(id, command)).then(
      (result) => {
        if (!result.ok) return;
        if (promise.event === undefined && promise.decidedBy === undefined) return;
        this.#acknowledged.push({ instanceId: id, ...promise });
        const isStored = this.#database
          .history(id)
          .some(
            (event) =>
              (event.type === 'EventRaised' && event.id === promise.event) ||
              ((event.type === 'HumanTaskDecided' || event.type === 'HumanTaskVoted') && event.by === promise.decidedBy),
          );
        if (!isStored) this.#problem('I1', `${command.type} to ${id} was acknowledged before it was stored`);
      },
      () => undefined,
    );
  }

  /** A caller's call: it runs in the process, its answer is the caller's. A process that dies answers nobody. */
  #request<T>(process: SimulatedProcess, ask: () => Promise<T>): Promise<T> {
    const asked = this.time.as(process, ask);
    return new Promise((resolve, reject) => asked.then(resolve, reject));
  }

  // ── Processes and faults ───────────────────────────────────────────────────

  #begin(): void {
    const process = new SimulatedProcess(`w${(this.#processes += 1)}`, (this.#random() - 0.5) * 4_000);
    const member: Member = { process, runtime: null };
    this.#members.push(member);
    this.#note(`${process.name} begins`);
    const running = new Set<string>();
    const http: Activity = { name: 'http', run: (_input, context) => this.#execute(process, running, context) };
    void this.time
      .as(process, () =>
        assembleRuntime(
          {
            store: this.#network.database(process, this.#database),
            hot: this.#redis.handle(this.#network.redis(process)),
            queue: null,
          },
          {
            worker: true,
            analyser,
            activities: [http],
            workerId: process.name,
            leaseMs,
            renewEveryMs: 500,
            // One that nobody outside has is idle soon, and read again: states come from everywhere.
            residentLimit: this.#between(1, 6),
            onTrouble: (where, error) => this.#note(`${process.name} trouble with ${where}: ${error.message}`),
          },
        ),
      )
      .then(
        (runtime) => {
          member.runtime = runtime;
        },
        () => this.#crash(member),
      );
  }

  async #execute(process: SimulatedProcess, running: Set<string>, context: Parameters<Activity['run']>[1]): Promise<ActivityResult> {
    const { key, attempt, signal } = context;
    const name = `${key} attempt ${attempt}`;
    this.#note(`${process.name} executes ${name}`);
    if (!this.#scheduled.has(name)) this.#problem(null, `${name} was executed before it was scheduled durably`);
    if (running.has(name)) this.#problem(null, `${process.name} executes ${name} twice at a time`);
    running.add(name);
    this.#executions.set(name, (this.#executions.get(name) ?? 0) + 1);
    signal.addEventListener('abort', () => running.delete(name));
    // The same every time it is executed, as a well-behaved receiver answers.
    const answer = seededRandom(`${this.#seed} ${name}`);
    await new Promise((resume) => setTimeout(resume, answer() < 0.1 ? answer() * 2_500 : answer() * 60));
    running.delete(name);
    const roll = answer();
    if (roll < 0.72) return { ok: true, output: { k: Math.floor(answer() * 3) } };
    if (roll < 0.9) return { ok: false, failure: { code: 'Boom', message: 'simulated' } };
    if (roll < 0.95) return { ok: false, failure: { code: 'Fatal', message: 'simulated' }, retryable: false };
    throw new Error('simulated');
  }

  #crash(member: Member): void {
    const at = this.#members.indexOf(member);
    if (at < 0) return;
    this.#members.splice(at, 1);
    member.process.alive = false;
    this.#network.closed(member.process, this.#database);
    this.#note(`${member.process.name} dies`);
    this.time.later(50 + this.#random() * 1_500, () => this.#begin());
  }

  #planFaults(): void {
    const some = (most: number): number => (this.#random() < 0.5 ? 0 : this.#random() * most);
    const faults: NetworkFaults = {
      failBefore: some(0.06),
      loseAnswer: some(0.06),
      executeLate: some(0.03),
      slow: some(0.05),
      loseHint: some(0.5),
    };
    this.time.later(this.#random() * 1_000, () => (this.#network.faults = faults));
    const count = this.#between(2, 12);
    for (let n = 0; n < count; n += 1) this.time.later(300 + this.#random() * (faultyMs - 1_000), () => this.#strike());
  }

  /** Of all sessions at once, by a restart or otherwise, while a worker may be slow, though not for as long as its leases run. */
  #planEndsOfSessions(): void {
    for (let n = this.#between(1, 5); n > 0; n -= 1)
      this.time.later(1_000 + this.#random() * (faultyMs - 2_000), () => {
        const isRestart = this.#random() < 0.5;
        const slow = this.#pick(this.#members);
        if (slow !== undefined) slow.process.pausedUntil = this.time.now + this.#random() * (isRestart ? 1_000 : 600);
        this.#note(
          `all sessions end${isRestart ? ' with the server' : ''}; ${slow?.process.name} is paused until ${slow?.process.pausedUntil.toFixed(1)}`,
        );
        if (isRestart) this.#database.restart();
        else this.#database.endSessions();
      });
  }

  #strike(): void {
    if (this.#healed) return;
    this.#faults += 1;
    const member = this.#pick(this.#members);
    const roll = this.#random();
    if (roll < 0.4) {
      if (member !== undefined) this.#crash(member);
    } else if (roll < 0.58) {
      if (member === undefined) return;
      member.process.pausedUntil = this.time.now + leaseMs * (0.5 + this.#random() * 2);
      this.#note(`${member.process.name} is paused until ${member.process.pausedUntil.toFixed(1)}`);
    } else if (roll < 0.68) this.#stopCleanly(member);
    else if (roll < 0.74) {
      this.#note('the database is away');
      this.#network.isDatabaseAway = true;
      this.#database.restart();
      this.time.later(this.#random() * 3_000, () => (this.#network.isDatabaseAway = false));
    } else if (roll < 0.79) {
      if (member === undefined) return;
      this.#note(`the sessions of ${member.process.name} end`);
      this.#database.endSessions([...this.#network.sessionsOf(member.process)]);
    } else if (roll < 0.84) {
      this.#note('Redis is wiped');
      this.#redis.wipe();
    } else if (roll < 0.9) {
      this.#note('Redis is away');
      this.#redis.away = true;
      this.time.later(this.#random() * 4_000, () => (this.#redis.away = false));
    } else if (roll < 0.95) this.#redis.snapshot();
    else {
      this.#note('Redis is old');
      void this.#redis.restore();
    }
  }

  #stopCleanly(member: Member | undefined): void {
    if (member === undefined || member.runtime === null) return;
    const { process, runtime } = member;
    this.#note(`${process.name} stops`);
    member.runtime = null;
    void this.#request(process, () => runtime.stop()).then(
      () => this.#crash(member),
      () => this.#crash(member),
    );
  }

  /** From here on nothing fails, and people answer whatever waits for them. */
  #heal(): void {
    this.#note('everything works again');
    this.#healed = true;
    this.#network.faults = noNetworkFaults;
    this.#network.isDatabaseAway = false;
    this.#redis.away = false;
    const tend = (): void => {
      for (const { id, status } of this.#database.instances()) if (!isFinal(status)) this.#tend(id, status);
      this.time.later(2_000, tend);
    };
    tend();
  }

  #tend(id: InstanceId, status: InstanceState['status']): void {
    const by = `tender${(this.#asked += 1)}`;
    if (status === 'Suspended') this.#send(id, { type: 'Resume', reason: 'simulated', by }, {});
    const state = this.#fold(id);
    for (const step of state.steps.values()) {
      if (step.kind === 'event') this.#send(id, { type: 'RaiseEvent', id: `${by}.${step.key}`, name: step.name, data: null, by }, {});
      const outcome = step.kind === 'humanTask' ? step.task.outcomes[0]?.port : undefined;
      if (outcome !== undefined)
        this.#send(id, { type: 'DecideHumanTask', step: step.key, outcome, data: null, comment: null, by }, { decidedBy: by });
    }
  }

  #isOver(): boolean {
    // A start that nobody waits for may still be on its way.
    return this.#starting.size === 0 && !this.#database.hasMail() && this.#database.instances().every(({ status }) => isFinal(status));
  }

  // ── The verdict ────────────────────────────────────────────────────────────

  #result(): SimulationResult {
    const verdict = this.#checkRows({ acknowledged: this.#acknowledged, commits: this.#commits });
    for (const { id, status } of this.#database.instances())
      if (!isFinal(status))
        this.#problem('I9', `${id} is ${status} and does not come to its end: ${[...this.#fold(id).steps.keys()].join(', ')}`);
    const duplicates = [...this.#executions.values()].reduce((sum, count) => sum + count - 1, 0);
    // What was underway when an instance failed is begun again when it is rewound.
    const again = [...this.#executions].filter(([name, count]) => count > 1 && !this.#rewound.has(name.slice(0, name.indexOf('/'))));
    if (this.#isQuiet && again.length > 0) this.#problem('I8', `${again.length} attempts were executed again although nothing failed`);
    let modelled = 0;
    for (const { id, workflow } of this.#database.instances()) {
      const next = this.#next.get(workflow)?.workflow;
      const history = this.#database.history(id);
      this.#checkExecutions(id, history);
      this.#checkEvents(id, history);
      const started = history[0];
      const source = started?.type === 'ExecutionStarted' && started.version === 2 ? next : this.#workflows.get(workflow);
      if (source === undefined || started === undefined) continue;
      modelled += 1;
      const versions = new Map(next === undefined ? [] : [[2, next]]);
      for (const difference of compareWithModel(source, history, versions))
        this.#problem('model', `${id} is not what the model says: ${difference}`);
    }
    return {
      seed: this.#seed,
      digest: this.#hash.digest('hex').slice(0, 16),
      instances: verdict.instances,
      events: verdict.events,
      faults: this.#faults + this.#network.injected,
      acknowledged: this.#acknowledged.length,
      duplicates,
      modelled,
      virtualMs: Math.round(this.time.now),
      tasks: this.time.tasksRun,
      problems: this.#problems,
      log: this.#log,
    };
  }

  #checkRows(evidence: Evidence): Verdict {
    const verdict = this.#database.check(evidence);
    for (const [invariant, { examples }] of Object.entries(verdict.broken))
      for (const example of examples) this.#problem(invariant, example);
    return verdict;
  }

  /** I2: what was sent once is recorded once. */
  #checkEvents(id: InstanceId, history: readonly HistoryEvent[]): void {
    const raised = history.flatMap((event) => (event.type === 'EventRaised' ? [event.id] : []));
    const twice = raised.find((event, i) => raised.indexOf(event) !== i);
    if (twice !== undefined) this.#problem('I2', `${id}: the event ${twice} was sent once and is recorded twice`);
  }

  /** I8: whatever has a result was executed. */
  #checkExecutions(id: InstanceId, history: readonly HistoryEvent[]): void {
    const first = history[0];
    const execution = first?.type === 'ExecutionStarted' ? first.executionId : '';
    for (const event of history)
      if (event.type === 'TaskCompleted' && !this.#executions.has(`${id}/${execution}/${event.step} attempt ${event.attempt}`))
        this.#problem('I8', `${id}: ${event.step} has a result and was never executed`);
  }

  #fold(id: InstanceId): InstanceState {
    return this.#database.history(id).reduce(evolve, initialState(id));
  }

  #problem(invariant: string | null, example: string): void {
    this.#note(`PROBLEM ${invariant ?? ''} ${example}`);
    this.#problems.push({ invariant, example });
  }

  #note(line: string): void {
    const stamped = `${this.time.now.toFixed(3)} ${line}`;
    this.#hash.update(stamped);
    if (this.#keepLog) this.#log.push(stamped);
  }

  /** One that works. */
  #anyMember(): { process: SimulatedProcess; runtime: Runtime } | undefined {
    return this.#pick(this.#members.flatMap(({ process, runtime }) => (runtime === null ? [] : [{ process, runtime }])));
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)];
  }

  #between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }
}
