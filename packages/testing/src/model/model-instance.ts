/**
 * What an instance does, said a second time: a plain interpreter of the workflow document, written from the engine's SPEC.md and knowing
 * nothing of the engine. It has no events, no durability and no cost in mind; it is told what came from outside (stimuli) and keeps a trace of
 * every step it opened and closed. Expressions are the meanings that stand beside the document.
 */
import type { TestRun, TimerPurpose } from '@perdure/engine';
import { portsOf, type GraphNode, type Json, type JsonObject, type WorkflowDocument } from '@perdure/graph';
import type { Meaning, ModelScope, RandomWorkflow } from './random-workflow.ts';

export type Stimulus =
  | { type: 'start'; input: Json; test?: TestRun | undefined }
  /** An activity or a sub-workflow has given its result. */
  | { type: 'complete'; step: string; output: Json }
  | { type: 'fail'; step: string; failure: ModelFailure; isRetryable: boolean; at: number }
  | { type: 'timer'; step: string; purpose: TimerPurpose; at: number }
  | { type: 'event'; name: string; data: Json }
  | { type: 'vote'; step: string; vote: ModelVote }
  | { type: 'suspend' }
  | { type: 'resume'; at: number }
  | { type: 'terminate'; reason: string }
  | { type: 'cancel' };

/** A type, not an interface: it is JSON. */
export type ModelVote = {
  by: string;
  outcome: string;
  data: Json;
  comment: string | null;
  at: number;
};

export interface ModelFailure {
  code: string;
  /** The title of the node that failed first, and its step. */
  node?: string | undefined;
  step?: string | undefined;
}

interface Frame {
  id: string;
  container: Step | null;
  parent: Frame | null;
  index: number;
  item: Json | undefined;
  open: Map<string, Step>;
  visits: Map<string, number>;
  outputs: Map<string, Json>;
  joins: Map<string, Join>;
  result: Json;
  gone: boolean;
}

interface Step {
  key: string;
  node: GraphNode;
  frame: Frame;
  /** What its token was caught with. */
  error: ModelFailure | undefined;
  openedAt: number;
  attempt: number;
  /** Human task: */
  votes: ModelVote[];
  passes: Set<Frame>;
  /** For each: */
  items: Json[];
  next: number;
  done: number;
  failed: number;
  results: Json[];
}

interface Join {
  /** Tokens that came, per edge. */
  arrived: Map<string, number>;
  fired: number;
  /** Per pass: what its first token was caught with. */
  errors: Map<number, ModelFailure | undefined>;
}

type Work = { type: 'token'; frame: Frame; target: string; via: string; error: ModelFailure | undefined } | { type: 'advance'; step: Step };

export class ModelInstance {
  status: 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated' | 'Canceled' = 'Running';
  output: Json = null;
  failure: ModelFailure | null = null;
  customStatus: Json = null;
  vars: JsonObject = {};
  readonly trace: string[] = [];
  readonly #document: WorkflowDocument;
  readonly #meanings: ReadonlyMap<string, Meaning>;
  readonly #root = newFrame('', null, 0, undefined);
  readonly #waits: Step[] = [];
  readonly #early: { name: string; data: Json }[] = [];
  #work: Work[] = [];
  readonly #touched = new Set<Frame>();
  #deferred: (() => void)[] = [];
  #input: JsonObject = {};
  #at = 0;
  #test: TestRun | undefined;

  constructor({ document, meanings }: RandomWorkflow) {
    this.#document = document;
    this.#meanings = meanings;
  }

  feel(stimulus: Stimulus, at: number): void {
    this.#at = at;
    this.#take(stimulus);
    if (this.status === 'Running') this.#run();
  }

  #take(stimulus: Stimulus): void {
    switch (stimulus.type) {
      case 'start': {
        this.#input = stimulus.input as JsonObject; // random workflows are started with objects
        this.#test = stimulus.test;
        if (stimulus.test?.from !== undefined) return this.#beginAt(stimulus.test.from);
        const start = this.#document.nodes.find(({ type }) => type === 'start');
        if (start === undefined) throw new Error('There is no start node.');
        this.#send(this.#root, start.id, 'out', undefined);
        return;
      }
      case 'complete': {
        const step = this.#step(stimulus.step);
        this.#finish(step, stimulus.output);
        return this.#act(() => this.#leave(step, 'out'));
      }
      case 'fail':
        return this.#attemptFailed(this.#step(stimulus.step), stimulus.failure, stimulus.isRetryable);
      case 'timer':
        return this.#timer(this.#step(stimulus.step), stimulus.purpose);
      case 'event': {
        const waiting = this.#waits.find((step) => nameOfEvent(step) === stimulus.name.toLowerCase());
        if (waiting === undefined) this.#early.push({ name: stimulus.name.toLowerCase(), data: stimulus.data });
        else this.#give(waiting, stimulus.data);
        return;
      }
      case 'vote':
        return this.#vote(this.#step(stimulus.step), stimulus.vote);
      case 'suspend':
        this.status = 'Suspended';
        return;
      case 'resume': {
        this.status = 'Running';
        const deferred = this.#deferred;
        this.#deferred = [];
        for (const work of deferred) if (this.status === 'Running') work();
        return;
      }
      case 'terminate':
        this.#cancelAll(this.#root);
        this.status = 'Terminated';
        this.output = stimulus.reason || null;
        return;
      case 'cancel':
        this.#cancelAll(this.#root);
        this.status = 'Canceled';
    }
  }

  /** L4: now, or when the instance is resumed. */
  #act(work: () => void): void {
    if (this.status === 'Suspended') this.#deferred.push(work);
    else work();
  }

  // ── Tokens ─────────────────────────────────────────────────────────────────

  /** First all tokens come to rest, then frames with nothing left in them end. [T2, T6] */
  #run(): void {
    for (;;) {
      const work = this.#work.shift();
      if (work !== undefined) {
        if (work.type === 'advance') this.#advance(work.step);
        else if (!work.frame.gone) this.#enter(work);
      } else {
        const [frame] = this.#touched;
        if (frame === undefined) return;
        this.#touched.delete(frame);
        if (!frame.gone && frame.open.size === 0) this.#endFrame(frame);
      }
      if (this.status !== 'Running') return;
    }
  }

  /** How many tokens left. */
  #send(frame: Frame, source: string, port: string, error: ModelFailure | undefined): number {
    this.#touched.add(frame);
    // P9
    if (frame === this.#root && this.#test?.from?.only === true && this.#test.from.node === source) return 0;
    const edges = this.#document.edges.filter((edge) => edge.source === source && edge.sourcePort === port);
    for (const { id, target } of edges) this.#work.push({ type: 'token', frame, target, via: id, error });
    return edges.length;
  }

  #leave(step: Step, port: string): void {
    if (step.frame.gone) return;
    if (this.#send(step.frame, step.node.id, port, step.error) > 0) return;
    const { type, title } = step.node;
    // F3
    if (type === 'event' && port === 'timeout') this.#raise(step.frame, { code: 'Timeout', node: title, step: step.key });
    if (type === 'humanTask' && port === 'overdue') this.#raise(step.frame, { code: 'Overdue', node: title, step: step.key });
  }

  #enter({ frame, target, via, error }: Work & { type: 'token' }): void {
    const node = this.#node(target);
    const { config } = node;
    const pass = (port = 'out'): void => void this.#send(frame, node.id, port, error);
    const visit = (said = ''): string => {
      const key = this.#visit(frame, node);
      this.trace.push(`${key}${said}`);
      return key;
    };
    if (node.disabled === true) {
      visit(' skipped');
      if (node.type !== 'end' && node.type !== 'fail') pass();
      return;
    }
    const pin = this.#test?.pins[node.id];
    if (pin !== undefined) return this.#passPinned(frame, node, pin, error);
    // P10
    if (this.#test?.pinnedOnly === true && ['http', 'subWorkflow', 'entity'].includes(node.type)) {
      const failure: ModelFailure = { code: 'NotPinned', node: node.title, step: visit(' fails NotPinned') };
      if (this.#send(frame, node.id, 'error', failure) === 0) this.#raise(frame, failure);
      return;
    }
    switch (node.type) {
      case 'transform': {
        const value = this.#value(config.value, frame, error);
        visit(` = ${text(value)}`);
        frame.outputs.set(node.id, value);
        return pass();
      }
      case 'setVariables': {
        const values = Object.entries(config.variables as JsonObject).map(
          ([name, value]) => [name, this.#value(value, frame, error)] as const,
        );
        this.vars = { ...this.vars, ...Object.fromEntries(values) };
        visit();
        return pass();
      }
      case 'setStatus':
        this.customStatus = this.#value(config.value, frame, error);
        visit();
        return pass();
      case 'condition': {
        const cases = config.cases as { key: string; when: string }[];
        const taken = cases.find(({ when }) => this.#evaluate(when, frame, error) === true)?.key ?? 'otherwise';
        visit(` takes ${taken}`);
        return pass(taken);
      }
      case 'end': {
        const value = this.#value(config.value, frame, error);
        visit(` = ${text(value)}`);
        frame.result = value;
        return;
      }
      case 'fail': {
        const key = visit(` fails ${String(config.code)}`);
        return this.#raise(frame, { code: String(config.code), node: node.title, step: key });
      }
      case 'join':
        return this.#reachJoin(frame, node, via, error);
      default:
        return this.#open(frame, node, error);
    }
  }

  /** P7, P8 */
  #beginAt({ node, only, outputs, vars }: NonNullable<TestRun['from']>): void {
    this.vars = vars;
    this.#touched.add(this.#root);
    for (const [id, output] of Object.entries<Json>(outputs)) this.#root.outputs.set(id, output);
    const into = (id: string) => this.#document.edges.filter(({ target }) => target === id);
    const { type } = this.#node(node);
    if (type === 'join') {
      for (const { id } of into(node).slice(0, this.#needed(this.#node(node))))
        this.#work.push({ type: 'token', frame: this.#root, target: node, via: id, error: undefined });
    } else this.#work.push({ type: 'token', frame: this.#root, target: node, via: '', error: undefined });
    if (only) return;
    const ahead = new Set<string>([node]);
    for (const id of ahead) {
      for (const { source, target } of this.#document.edges) if (source === id && this.#node(target).parent === null) ahead.add(target);
    }
    for (const join of this.#document.nodes) {
      if (join.type !== 'join' || join.id === node || !ahead.has(join.id)) continue;
      const absent = into(join.id).filter(({ source }) => !ahead.has(source));
      const arrived = new Map(absent.slice(0, this.#needed(join) - 1).map(({ id }) => [id as string, 1]));
      if (arrived.size > 0) this.#root.joins.set(join.id, { arrived, fired: 0, errors: new Map([[1, undefined]]) });
    }
  }

  /** P2, P3 */
  #passPinned(frame: Frame, node: GraphNode, pin: TestRun['pins'][GraphNode['id']], error: ModelFailure | undefined): void {
    const ports = portsOf(node);
    const port = pin.port ?? ports.find(({ kind }) => kind === 'normal')?.id ?? '';
    const isError =
      ports.some(({ id, kind }) => id === port && kind === 'exceptional') && node.type !== 'event' && node.type !== 'humanTask';
    const key = this.#visit(frame, node);
    if (!isError) {
      this.trace.push(`${key} is pinned to ${text(pin.output)} by ${port}`);
      frame.outputs.set(node.id, pin.output);
      if (this.#send(frame, node.id, port, error) > 0) return;
      if (node.type === 'event' && port === 'timeout') this.#raise(frame, { code: 'Timeout', node: node.title, step: key });
      if (node.type === 'humanTask' && port === 'overdue') this.#raise(frame, { code: 'Overdue', node: node.title, step: key });
      return;
    }
    const failure: ModelFailure = { code: String((pin.output as JsonObject).code), node: node.title, step: key };
    this.trace.push(`${key} fails ${failure.code} by ${port}`);
    if (this.#send(frame, node.id, port, failure) === 0) this.#raise(frame, failure);
  }

  #needed({ id, config }: GraphNode): number {
    const { mode, count } = config;
    return mode === 'any' ? 1 : mode === 'all' ? this.#document.edges.filter(({ target }) => target === id).length : Number(count);
  }

  /** Steps that stay open until something comes from outside or from inside them. */
  #open(frame: Frame, node: GraphNode, error: ModelFailure | undefined): void {
    const { config } = node;
    const key = this.#visit(frame, node);
    this.trace.push(key);
    if (node.type === 'subWorkflow' && config.wait === false) {
      this.#send(frame, node.id, 'out', error);
      return;
    }
    const step: Step = {
      key,
      node,
      frame,
      error,
      openedAt: this.#at,
      attempt: 1,
      votes: [],
      passes: new Set(),
      items: [],
      next: 0,
      done: 0,
      failed: 0,
      results: [],
    };
    frame.open.set(key, step);
    if (node.type === 'event') {
      const early = this.#early.findIndex(({ name }) => name === nameOfEvent(step));
      this.#waits.push(step);
      if (early >= 0) this.#give(step, this.#early.splice(early, 1)[0]?.data ?? null);
    } else if (node.type === 'forEach' || node.type === 'loop' || node.type === 'scope') {
      frame.outputs.delete(node.id);
      if (node.type === 'forEach') {
        const items = this.#value(config.items, frame, error);
        step.items = Array.isArray(items) ? items : items === null ? [] : [items];
        step.results = step.items.map(() => null);
      }
      if (node.type === 'scope') this.#startPass(step, 0, undefined);
      else this.#advance(step);
    }
  }

  // ── Joins ──────────────────────────────────────────────────────────────────

  #reachJoin(frame: Frame, node: GraphNode, via: string, error: ModelFailure | undefined): void {
    const join = frame.joins.get(node.id) ?? { arrived: new Map(), fired: 0, errors: new Map() };
    frame.joins.set(node.id, join);
    const own = (join.arrived.get(via) ?? 0) + 1; // J1: the pass this token belongs to
    join.arrived.set(via, own);
    if (own > join.fired && !join.errors.has(own)) join.errors.set(own, error);
    const edges = this.#document.edges.filter(({ target }) => target === node.id).map(({ id }) => id as string);
    const { cancelRest } = node.config;
    const needed = this.#needed(node);
    for (;;) {
      const pass = join.fired + 1;
      if ([...join.arrived.values()].filter((arrived) => arrived >= pass).length < needed) return;
      join.fired = pass;
      const caught = join.errors.get(pass);
      join.errors.delete(pass);
      if (cancelRest === true) {
        this.#cancelRest(frame, node);
        for (const edge of edges) join.arrived.set(edge, Math.max(join.arrived.get(edge) ?? 0, pass));
      }
      this.trace.push(this.#visit(frame, node));
      this.#send(frame, node.id, 'out', caught);
    }
  }

  /** J5 */
  #cancelRest(frame: Frame, join: GraphNode): void {
    const region = this.#regionOf(join);
    this.#cancel([...frame.open.values()].filter(({ node }) => region.has(node.id)));
    this.#work = this.#work.filter(
      (work) => work.type !== 'token' || work.frame !== frame || (work.target !== join.id && !region.has(work.target)),
    );
    for (const [id, other] of frame.joins) {
      if (!region.has(id)) continue;
      other.errors.clear();
      for (const [edge, arrived] of other.arrived) other.arrived.set(edge, Math.min(arrived, other.fired));
    }
  }

  /** The nodes between a join and the nearest node before it that every way passes and that splits. */
  #regionOf(join: GraphNode): Set<string> {
    const inside = this.#document.nodes.filter(({ parent }) => parent === join.parent).map(({ id }) => id as string);
    const within = this.#document.edges.filter(({ target, source }) => inside.includes(target) && inside.includes(source));
    const entries =
      join.parent === null
        ? this.#document.nodes.filter(({ type }) => type === 'start').map(({ id }) => id as string)
        : this.#document.edges
            .filter(({ source, sourcePort }) => source === join.parent && sourcePort === 'body')
            .map(({ target }) => target as string);
    const reach = (from: readonly string[], without: string | null, isBackwards = false): Set<string> => {
      const seen = new Set<string>();
      const open = from.filter((id) => id !== without);
      for (let id = open.pop(); id !== undefined; id = open.pop()) {
        if (seen.has(id)) continue;
        seen.add(id);
        for (const { source, target } of within) {
          const [here, there] = isBackwards ? [target, source] : [source, target];
          if (here === id && there !== without) open.push(there);
        }
      }
      return seen;
    };
    const nextOf = (id: string): string[] => within.filter(({ source }) => source === id).map(({ target }) => target);
    const isSplit = (id: string): boolean =>
      within.some((one) => one.source === id && within.filter((two) => two.source === id && two.sourcePort === one.sourcePort).length > 1);
    const before = inside.filter((id) => id !== join.id && !reach(entries, id).has(join.id) && reach(entries, null).has(id));
    // Of those that every way passes, the last that splits: every other one comes before it.
    const splits = before.filter(isSplit);
    const split = splits.find((one) => splits.every((other) => other === one || !reach(entries, other).has(one))) ?? null;
    const forwards = reach(split === null ? entries : nextOf(split), join.id);
    const previous = within.filter(({ target }) => target === join.id).map(({ source }) => source as string);
    const backwards = reach(previous, split, true);
    return new Set([...forwards].filter((id) => backwards.has(id) && id !== join.id && id !== split));
  }

  // ── Outcomes ───────────────────────────────────────────────────────────────

  #attemptFailed(step: Step, failure: ModelFailure, isRetryable: boolean): void {
    const blamed = this.#blame(failure, step);
    const policy = step.node.retry;
    const waitMs = milliseconds(policy?.firstRetryInterval) * (policy?.backoffCoefficient ?? 1) ** (step.attempt - 1);
    const isInTime =
      policy?.retryTimeout === undefined || this.#at + Math.round(waitMs) - step.openedAt <= milliseconds(policy.retryTimeout);
    const again =
      isRetryable &&
      step.attempt < (policy?.maxNumberOfAttempts ?? 1) &&
      policy?.nonRetryableErrors?.includes(failure.code) !== true &&
      isInTime;
    if (again) return;
    this.#close(step);
    this.trace.push(`${step.key} fails ${blamed.code}`);
    this.#act(() => this.#failStep(step.frame, step.node, blamed));
  }

  /** H5, H8 */
  #vote(step: Step, vote: ModelVote): void {
    const { quorum = 1, othersNeedAsMany = false, outcomes } = step.node.config;
    const { by, outcome, data, comment } = vote;
    if (step.votes.some((one) => one.by === by)) throw new Error(`${by} voted twice on ${step.key}.`);
    step.votes.push(vote);
    const wanted = (outcomes as { key: string; tone: string }[]).find(({ tone }) => tone === 'primary')?.key;
    const decides = outcome !== wanted && othersNeedAsMany !== true;
    if (!decides && step.votes.filter((one) => one.outcome === outcome).length < Number(quorum)) return;
    this.#finish(step, { outcome, data, by, comment, votes: step.votes.map((one) => ({ ...one })) });
    this.#act(() => this.#leave(step, outcome));
  }

  #timer(step: Step, purpose: TimerPurpose): void {
    const { type } = step.node;
    // H12, H13: neither moves a token.
    if (purpose === 'reminder' || purpose === 'escalation') return;
    if (purpose === 'retry') {
      this.#act(() => {
        if (step.frame.open.has(step.key) && !step.frame.gone) step.attempt += 1;
      });
    } else if (purpose === 'timeout' && type === 'scope') {
      this.#act(() => {
        const [pass] = step.passes;
        if (pass !== undefined && !pass.gone) this.#raise(pass, { code: 'Timeout', node: step.node.title, step: step.key });
      });
    } else if (purpose === 'timeout' && type === 'subWorkflow') this.#attemptFailed(step, { code: 'Timeout' }, true);
    else {
      this.#close(step);
      this.trace.push(`${step.key} over`);
      this.#act(() => this.#leave(step, purpose === 'timer' ? 'out' : purpose === 'deadline' ? 'overdue' : 'timeout'));
    }
  }

  #give(step: Step, data: Json): void {
    this.#finish(step, data);
    this.#act(() => this.#leave(step, 'out'));
  }

  #finish(step: Step, output: Json): void {
    this.#close(step);
    this.trace.push(`${step.key} = ${text(output)}`);
    step.frame.outputs.set(step.node.id, output);
  }

  /** F1 */
  #failStep(frame: Frame, node: GraphNode, failure: ModelFailure): void {
    if (frame.gone) return;
    const hasErrorPort = ['http', 'transform', 'subWorkflow', 'forEach', 'loop'].includes(node.type);
    if (hasErrorPort && this.#send(frame, node.id, 'error', failure) > 0) return;
    this.#raise(frame, failure);
  }

  /** A failure leaves a frame. [F4–F6] */
  #raise(frame: Frame, failure: ModelFailure): void {
    const step = frame.container;
    this.#cancelAll(frame);
    if (step === null) {
      this.status = 'Failed';
      this.failure = failure;
      return;
    }
    this.#drop(frame);
    // C7: the last pass's result, and a pass that failed has none.
    if (step.node.type === 'loop') step.frame.outputs.set(step.node.id, null);
    if (step.node.type === 'scope') {
      const catches = step.node.config.catches as { key: string; codes?: string[] }[];
      const caught = catches.find(
        ({ key, codes }) =>
          (codes === undefined || codes.length === 0 || codes.includes(failure.code)) &&
          this.#document.edges.some(({ source, sourcePort }) => source === step.node.id && sourcePort === key),
      );
      if (caught !== undefined) {
        this.#close(step);
        this.trace.push(`${step.key} leaves by ${caught.key}`);
        this.#send(step.frame, step.node.id, caught.key, failure);
        return;
      }
    }
    if (step.node.type === 'forEach') {
      step.done += 1;
      step.failed += 1;
      if (step.failed <= Number(step.node.config.errorTolerance ?? 0)) {
        this.#work.push({ type: 'advance', step });
        return;
      }
    }
    this.#failContainer(step, failure);
  }

  #failContainer(step: Step, failure: ModelFailure): void {
    this.#cancel([...step.passes].flatMap((pass) => [...pass.open.values()]));
    const blamed = this.#blame(failure, step);
    this.#close(step);
    this.trace.push(`${step.key} fails ${blamed.code}`);
    this.#failStep(step.frame, step.node, blamed);
  }

  #blame(failure: ModelFailure, step: Step): ModelFailure {
    return failure.node === undefined ? { code: failure.code, node: step.node.title, step: step.key } : failure;
  }

  // ── Containers ─────────────────────────────────────────────────────────────

  #endFrame(frame: Frame): void {
    const starved = [...frame.joins].find(([, { arrived, fired }]) => [...arrived.values()].some((count) => count > fired));
    if (starved !== undefined) return this.#raise(frame, { code: 'JoinStarved', node: this.#node(starved[0]).title });
    const step = frame.container;
    if (step === null) {
      this.status = 'Completed';
      const from = this.#test?.from;
      this.output = from?.only === true ? (frame.outputs.get(from.node) ?? frame.result) : frame.result;
      return;
    }
    this.#drop(frame);
    if (step.node.type === 'scope') return this.#exit(step, frame.result);
    if (step.node.type === 'forEach') {
      step.done += 1;
      step.results[frame.index] = frame.result;
    } else step.frame.outputs.set(step.node.id, frame.result);
    this.#work.push({ type: 'advance', step });
  }

  /** The next items, the next pass, or out. */
  #advance(step: Step): void {
    if (step.frame.gone || !step.frame.open.has(step.key)) return;
    const { config } = step.node;
    if (step.node.type === 'forEach') {
      if (step.done === step.items.length) return this.#exit(step, step.results);
      const most = config.mode === 'sequential' ? 1 : Number(config.concurrency ?? Infinity);
      while (step.next < step.items.length && step.passes.size < most) this.#startPass(step, step.next, step.items[step.next]);
      return;
    }
    const asked = config.mode === 'while' ? step.next : step.next - 1;
    if (config.mode === 'while' || step.next > 0) {
      const holds = this.#evaluate(String(config.condition), step.frame, step.error, asked) === true;
      if (config.mode === 'while' ? !holds : holds) return this.#exit(step, step.frame.outputs.get(step.node.id) ?? null);
    }
    if (step.next >= Number(config.maxPasses ?? 1_000)) return this.#failContainer(step, { code: 'LoopLimit' });
    this.#startPass(step, step.next, undefined);
  }

  #startPass(step: Step, index: number, item: Json | undefined): void {
    step.next = index + 1;
    const frame = newFrame(`${step.key}[${index}]/`, step, index, item);
    step.passes.add(frame);
    this.#send(frame, step.node.id, 'body', step.error);
  }

  #exit(step: Step, output: Json): void {
    this.#finish(step, output);
    this.#send(step.frame, step.node.id, 'out', step.error);
  }

  // ── Closing ────────────────────────────────────────────────────────────────

  #cancelAll(frame: Frame): void {
    this.#cancel([...frame.open.values()]);
  }

  #cancel(steps: readonly Step[]): void {
    for (const step of steps) this.#close(step);
    if (steps.length > 0) this.trace.push(`cancelled ${steps.map(({ key }) => key).join(' ')}`);
  }

  #close(step: Step): void {
    step.frame.open.delete(step.key);
    const waiting = this.#waits.indexOf(step);
    if (waiting >= 0) this.#waits.splice(waiting, 1);
    for (const pass of step.passes) this.#drop(pass);
  }

  #drop(frame: Frame): void {
    frame.gone = true;
    frame.container?.passes.delete(frame);
    for (const step of frame.open.values()) this.#close(step);
  }

  // ── Expressions ────────────────────────────────────────────────────────────

  #value(value: Json | undefined, frame: Frame, error: ModelFailure | undefined): Json {
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value.expr === 'string')
      return this.#evaluate(value.expr, frame, error) ?? null;
    return value ?? null;
  }

  #evaluate(source: string, frame: Frame, error: ModelFailure | undefined, index?: number): Json | undefined {
    const meaning = this.#meanings.get(source);
    if (meaning === undefined) throw new Error(`Nobody said what ${source} means.`);
    const outwards = [...ancestors(frame)];
    const scope: ModelScope = {
      input: this.#input,
      vars: this.vars,
      output: (node) => outwards.find(({ outputs }) => outputs.has(node))?.outputs.get(node),
      item: outwards.find(({ container }) => container?.node.type === 'forEach')?.item,
      index: index ?? outwards.find(({ container }) => container?.node.type === 'forEach' || container?.node.type === 'loop')?.index,
      errorCode: error?.code,
    };
    return meaning(scope);
  }

  #visit(frame: Frame, node: GraphNode): string {
    const visit = (frame.visits.get(node.id) ?? 0) + 1;
    frame.visits.set(node.id, visit);
    return `${frame.id}${node.id}#${visit}`;
  }

  #step(key: string): Step {
    const find = (frame: Frame): Step | undefined => {
      const own = frame.open.get(key);
      if (own !== undefined) return own;
      for (const step of frame.open.values())
        for (const pass of step.passes) {
          const inner = find(pass);
          if (inner !== undefined) return inner;
        }
      return undefined;
    };
    const step = find(this.#root);
    if (step === undefined) throw new Error(`${key} is not open in the model.`);
    return step;
  }

  #node(id: string): GraphNode {
    const node = this.#document.nodes.find((one) => one.id === id);
    if (node === undefined) throw new Error(`There is no node ${id}.`);
    return node;
  }
}

function newFrame(id: string, container: Step | null, index: number, item: Json | undefined): Frame {
  return {
    id,
    container,
    parent: container?.frame ?? null,
    index,
    item,
    open: new Map(),
    visits: new Map(),
    outputs: new Map(),
    joins: new Map(),
    result: null,
    gone: false,
  };
}

function* ancestors(frame: Frame): Iterable<Frame> {
  for (let at: Frame | null = frame; at !== null; at = at.parent) yield at;
}

function nameOfEvent({ node }: Step): string {
  return String(node.config.name).toLowerCase();
}

/** Random workflows write durations in milliseconds. */
function milliseconds(duration: string | undefined): number {
  return Number(duration?.replace(/ms$/, '') ?? 0);
}

/** JSON with sorted keys. */
export function text(value: Json | undefined): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
