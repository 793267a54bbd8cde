/**
 * What an instance does, said a second time: a plain interpreter of the workflow document, written from the engine's SPEC.md and knowing
 * nothing of the engine. It has no events, no durability and no cost in mind; it is told what came from outside (stimuli) and keeps a trace of
 * every step it opened and closed. Expressions are the meanings that stand beside the document.
 */
import type { TestRun, TimerPurpose } from '@perdure/engine';
import { portsOf, type GraphNode, type Json, type JsonObject } from '@perdure/graph';
import { joinRegion } from './join-region.ts';
import { attemptAnew, hasLimit, mayTryAgain, replace } from './model-attempts.ts';
import { arrive, countAll, fires, forgetWaiting, isWaiting, newJoin, type Join } from './model-join.ts';
import { rename } from './model-migration.ts';
import {
  framesIn,
  newFrame,
  newPlace,
  newStep,
  openSteps,
  type Deferred,
  type Frame,
  type ModelFailure,
  type ModelVote,
  type Step,
  type Token,
} from './model-place.ts';
import { goBack, originOf, type Origin } from './model-rewind.ts';
import { ModelVersion } from './model-version.ts';
import type { RandomWorkflow } from './random-workflow.ts';
import type { Migration, Skip, Stimulus } from './stimulus.ts';

export class ModelInstance {
  status: 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated' | 'Canceled' = 'Running';
  output: Json = null;
  failure: ModelFailure | null = null;
  customStatus: Json = null;
  vars: JsonObject = {};
  readonly trace: string[] = [];
  #version: ModelVersion;
  #place = newPlace();
  #origin: Origin | null = null;
  #input: JsonObject = {};
  #at = 0;
  #test: TestRun | undefined;

  constructor(workflow: RandomWorkflow) {
    this.#version = new ModelVersion(workflow);
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
        this.#send(this.#place.root, this.#version.start.id, 'out', undefined);
        return;
      }
      case 'complete': {
        const step = this.#step(stimulus.step);
        this.#finish(step, stimulus.output);
        return this.#act({ type: 'leave', step, port: 'out', mayFail: false });
      }
      case 'fail':
        return this.#attemptFailed(this.#step(stimulus.step), stimulus.failure, stimulus.isRetryable);
      case 'timer':
        return this.#timer(this.#step(stimulus.step), stimulus.purpose);
      case 'event': {
        const waiting = this.#place.waits.find((step) => nameOfEvent(step) === stimulus.name.toLowerCase());
        if (waiting === undefined) this.#place.early.push({ name: stimulus.name.toLowerCase(), data: stimulus.data });
        else this.#give(waiting, stimulus.data);
        return;
      }
      case 'vote':
        return this.#vote(this.#step(stimulus.step), stimulus.vote);
      case 'skip':
        return this.#skip(stimulus.skip);
      case 'retryNow':
        return this.#act({ type: 'retry', step: this.#step(stimulus.step) });
      case 'replaced':
        return replace(this.#step(stimulus.step));
      case 'edit':
        this.vars = { ...this.vars, ...stimulus.values };
        return;
      case 'migrate':
        this.#migrate(stimulus.migration);
        return;
      case 'rewind':
        return this.#rewind(stimulus.then);
      case 'suspend':
        this.status = 'Suspended';
        return;
      case 'resume':
        this.status = 'Running';
        for (let [work] = this.#place.deferred; work !== undefined && this.status === 'Running'; [work] = this.#place.deferred) {
          // Until it is done, neither it nor what is behind it has been acted on.
          if (work.type === 'scopeTimeout' || ('mayFail' in work && work.mayFail)) this.#begins({});
          this.#follow(work);
          this.#place.deferred.shift();
        }
        this.#place.deferred = [];
        if (this.status === 'Running') this.#goOn();
        return;
      case 'terminate':
        this.#cancelAll(this.#place.root);
        this.status = 'Terminated';
        this.output = stimulus.reason || null;
        return;
      case 'cancel':
        this.#cancelAll(this.#place.root);
        this.status = 'Canceled';
    }
  }

  /** L4: now, or when the instance is resumed. */
  #act(work: Deferred): void {
    if (this.status === 'Suspended') this.#place.deferred.push(work);
    else this.#follow(work);
  }

  #follow(work: Deferred): void {
    const { step } = work;
    if (work.type === 'leave') this.#leave(step, work.port);
    else if (work.type === 'fail') this.#failStep(step.frame, step.node, work.failure);
    else if (step.frame.gone || !step.frame.open.has(step.key)) return;
    else if (work.type === 'retry') attemptAnew(step);
    else {
      const [pass] = step.passes;
      if (pass !== undefined && !pass.gone) this.#raise(pass, { code: 'Timeout', node: step.node.title, step: step.key });
    }
  }

  // ── Tokens ─────────────────────────────────────────────────────────────────

  /** First all tokens come to rest, then frames with nothing left in them end. [T2, T6] */
  #run(): void {
    for (;;) {
      const work = this.#place.work.shift();
      if (work !== undefined) {
        if (work.type === 'advance') this.#advance(work.step);
        else if (!work.frame.gone) this.#enter(work);
      } else {
        const [frame] = this.#place.touched;
        if (frame === undefined) return;
        this.#place.touched.delete(frame);
        if (!frame.gone && frame.open.size === 0) this.#endFrame(frame);
      }
      if (this.status !== 'Running') return;
    }
  }

  /** How many tokens left. */
  #send(frame: Frame, source: string, port: string, error: ModelFailure | undefined): number {
    this.#place.touched.add(frame);
    const tokens = this.#tokensOf({ frame, source, port, error });
    this.#place.work.push(...tokens);
    return tokens.length;
  }

  #tokensOf({ frame, source, port, error }: { frame: Frame; source: string; port: string; error: ModelFailure | undefined }): Token[] {
    // P9
    if (frame.container === null && this.#test?.from?.only === true && this.#test.from.node === source) return [];
    return this.#version.edgesFrom(source, port).map(({ id, target }): Token => ({ type: 'token', frame, target, via: id, error }));
  }

  #leave(step: Step, port: string): void {
    if (step.frame.gone) return;
    if (this.#send(step.frame, step.node.id, port, step.error) > 0) return;
    const { type, title } = step.node;
    // F3
    if (type === 'event' && port === 'timeout') this.#raise(step.frame, { code: 'Timeout', node: title, step: step.key });
    if (type === 'humanTask' && port === 'overdue') this.#raise(step.frame, { code: 'Overdue', node: title, step: step.key });
  }

  #enter(token: Token): void {
    const { frame, target, via, error } = token;
    const node = this.#version.node(target);
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
    if (pin !== undefined) return this.#passPinned(token, node, pin);
    // P10
    if (this.#test?.pinnedOnly === true && ['http', 'subWorkflow', 'entity'].includes(node.type)) {
      const failure: ModelFailure = { code: 'NotPinned', node: node.title, step: visit(' fails NotPinned') };
      this.#begins({ passing: token });
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
        this.#begins({ passing: token });
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
    this.#place.touched.add(this.#place.root);
    for (const [id, output] of Object.entries<Json>(outputs)) this.#place.root.outputs.set(id, output);
    const { type } = this.#version.node(node);
    if (type === 'join') {
      for (const { id } of this.#version.edgesInto(node).slice(0, this.#version.needed(this.#version.node(node))))
        this.#place.work.push({ type: 'token', frame: this.#place.root, target: node, via: id, error: undefined });
    } else this.#place.work.push({ type: 'token', frame: this.#place.root, target: node, via: '', error: undefined });
    if (only) return;
    const ahead = new Set<string>([node]);
    for (const id of ahead) {
      for (const { source, target } of this.#version.document.edges)
        if (source === id && this.#version.node(target).parent === null) ahead.add(target);
    }
    for (const join of this.#version.document.nodes) {
      if (join.type !== 'join' || join.id === node || !ahead.has(join.id)) continue;
      const absent = this.#version.edgesInto(join.id).filter(({ source }) => !ahead.has(source));
      const arrived = new Map(absent.slice(0, this.#version.needed(join) - 1).map(({ id }) => [id as string, 1]));
      if (arrived.size > 0) this.#place.root.joins.set(join.id, { ...newJoin(), arrived, errors: new Map([[1, undefined]]) });
    }
  }

  /** P2, P3 */
  #passPinned(token: Token, node: GraphNode, pin: TestRun['pins'][GraphNode['id']]): void {
    const { frame, error } = token;
    const ports = portsOf(node);
    const port = pin.port ?? ports.find(({ kind }) => kind === 'normal')?.id ?? '';
    const isError =
      ports.some(({ id, kind }) => id === port && kind === 'exceptional') && node.type !== 'event' && node.type !== 'humanTask';
    const key = this.#visit(frame, node);
    if (!isError) {
      this.trace.push(`${key} is pinned to ${text(pin.output)} by ${port}`);
      frame.outputs.set(node.id, pin.output);
      if (this.#send(frame, node.id, port, error) > 0) return;
      this.#begins({});
      if (node.type === 'event' && port === 'timeout') this.#raise(frame, { code: 'Timeout', node: node.title, step: key });
      if (node.type === 'humanTask' && port === 'overdue') this.#raise(frame, { code: 'Overdue', node: node.title, step: key });
      return;
    }
    const failure: ModelFailure = { code: String((pin.output as JsonObject).code), node: node.title, step: key };
    this.trace.push(`${key} fails ${failure.code} by ${port}`);
    this.#begins({ passing: token });
    if (this.#send(frame, node.id, port, failure) === 0) this.#raise(frame, failure);
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
    const step = newStep({ key, order: (this.#place.count += 1) }, node, frame, error, this.#at);
    step.isLimited = hasLimit(node);
    frame.open.set(key, step);
    if (node.type === 'event') {
      const early = this.#place.early.findIndex(({ name }) => name === nameOfEvent(step));
      this.#place.waits.push(step);
      if (early >= 0) this.#give(step, this.#place.early.splice(early, 1)[0]?.data ?? null);
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
    const join = frame.joins.get(node.id) ?? newJoin();
    frame.joins.set(node.id, join);
    arrive(join, via, error);
    this.#fireReady(frame, node, join);
  }

  #fireReady(frame: Frame, node: GraphNode, join: Join): void {
    const edges = this.#version.edgesInto(node.id).map(({ id }) => id as string);
    const { cancelRest } = node.config;
    const needed = this.#version.needed(node);
    for (let fired = fires(join, needed); fired !== null; fired = fires(join, needed)) {
      if (cancelRest === true) {
        this.#cancelRest(frame, node);
        countAll(join, edges);
      }
      this.trace.push(this.#visit(frame, node));
      this.#send(frame, node.id, 'out', fired.error);
    }
  }

  /** J5 */
  #cancelRest(frame: Frame, join: GraphNode): void {
    const region = joinRegion(this.#version.document, join);
    this.#cancel([...frame.open.values()].filter(({ node }) => region.has(node.id)));
    this.#place.work = this.#place.work.filter(
      (work) => work.type !== 'token' || work.frame !== frame || (work.target !== join.id && !region.has(work.target)),
    );
    for (const [id, other] of frame.joins) if (region.has(id)) forgetWaiting(other);
  }

  // ── Outcomes ───────────────────────────────────────────────────────────────

  #attemptFailed(step: Step, failure: ModelFailure, isRetryable: boolean): void {
    const blamed = this.#blame(failure, step);
    if (isRetryable && mayTryAgain(step, failure, this.#at)) {
      step.isLimited = false;
      step.isBetweenAttempts = true;
      return;
    }
    if (this.status === 'Running') this.#begins({ failed: step.key });
    this.#close(step);
    this.trace.push(`${step.key} fails ${blamed.code}`);
    this.#act({ type: 'fail', step, failure: blamed, mayFail: true });
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
    this.#act({ type: 'leave', step, port: outcome, mayFail: false });
  }

  #timer(step: Step, purpose: TimerPurpose): void {
    const { type } = step.node;
    // H12, H13: neither moves a token.
    if (purpose === 'reminder' || purpose === 'escalation') return;
    if (purpose === 'retry') this.#act({ type: 'retry', step });
    else if (purpose === 'timeout' && type === 'scope') {
      if (this.status === 'Running') this.#begins({});
      step.isLimited = false;
      this.#act({ type: 'scopeTimeout', step });
    } else if (purpose === 'timeout' && type === 'subWorkflow') this.#attemptFailed(step, { code: 'Timeout' }, true);
    else {
      if (this.status === 'Running') this.#begins({});
      this.#close(step);
      this.trace.push(`${step.key} over`);
      const port = purpose === 'timer' ? 'out' : purpose === 'deadline' ? 'overdue' : 'timeout';
      this.#act({ type: 'leave', step, port, mayFail: purpose !== 'timer' });
    }
  }

  #give(step: Step, data: Json): void {
    this.#finish(step, data);
    this.#act({ type: 'leave', step, port: 'out', mayFail: false });
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
          this.#version.edgesFrom(step.node.id, key).length > 0,
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
        this.#place.work.push({ type: 'advance', step });
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
    const starved = [...frame.joins].find(([, join]) => isWaiting(join));
    if (starved !== undefined) this.#origin = null;
    if (starved !== undefined) return this.#raise(frame, { code: 'JoinStarved', node: this.#version.node(starved[0]).title });
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
    this.#place.work.push({ type: 'advance', step });
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
    if (step.next >= Number(config.maxPasses ?? 1_000)) {
      this.#begins({});
      return this.#failContainer(step, { code: 'LoopLimit' });
    }
    this.#startPass(step, step.next, undefined);
  }

  #startPass(step: Step, index: number, item: Json | undefined): void {
    step.next = index + 1;
    const frame = newFrame(`${step.key}[${index}]/`, (this.#place.count += 1), step, index, item);
    step.passes.add(frame);
    this.#send(frame, step.node.id, 'body', step.error);
  }

  #exit(step: Step, output: Json): void {
    this.#finish(step, output);
    this.#send(step.frame, step.node.id, 'out', step.error);
  }

  // ── Operating ──────────────────────────────────────────────────────────────

  /** A failure begins: how it is now is where a rewind takes it back to. [O2] */
  #begins(failure: Partial<Omit<Origin, 'place'>>): void {
    this.#origin = originOf(this.#place, failure);
  }

  /** O1–O3, O8, O10 */
  #rewind(then: Skip | Migration | null): void {
    if (this.status !== 'Failed' || this.#origin === null) throw new Error('There is nothing to rewind.');
    const { passing } = this.#origin;
    const tokensOf = (step: Step, port: string) => this.#tokensOf({ ...step, source: step.node.id, port });
    const { place, tokens, again, due } = goBack(this.#origin, this.#at, tokensOf);
    this.#place = place;
    this.#origin = null;
    this.status = 'Running';
    this.output = null;
    this.failure = null;
    const skip = then !== null && 'step' in then ? then : null;
    const isPassingSkipped = skip?.isPassing === true;
    const skipped = skip === null || isPassingSkipped ? undefined : this.#skipped(skip);
    if (then !== null && 'to' in then) this.#rename(then, passing === null ? tokens : [...tokens, passing]);
    for (const step of openSteps(this.#place.root)) {
      if (due.has(step) || (step.node.type === 'http' && again.has(step))) attemptAnew(step);
      // What the failure cancelled cannot be taken up: another instance takes its place. One between attempts waits on.
      else if (step.node.type === 'subWorkflow' && !again.has(step) && !step.isBetweenAttempts) replace(step);
      step.isLimited = hasLimit(step.node) && !step.isBetweenAttempts;
      if (step.node.type === 'forEach' || (step.node.type === 'loop' && step.passes.size === 0))
        this.#place.work.push({ type: 'advance', step });
    }
    if (passing !== null && !isPassingSkipped) this.#place.work.push(passing);
    this.#place.work.push(...tokens.filter(({ frame }) => !frame.gone));
    if (passing !== null && skip !== null && isPassingSkipped) {
      const { frame, target, error } = passing;
      const node = this.#version.node(target);
      const key = this.#visit(frame, node);
      this.trace.push(`${key} is skipped to ${text(skip.output)} by ${skip.port}`);
      frame.outputs.set(node.id, skip.output);
      this.#leave(newStep({ key, order: 0 }, node, frame, error, this.#at), skip.port);
    }
    if (skip !== null && skipped !== undefined) this.#leave(skipped, skip.port);
    if (then !== null && 'to' in then) this.#goOn();
  }

  /** O8 */
  #skip(skip: Skip): void {
    const step = this.#skipped(skip);
    this.#act({ type: 'leave', step, port: skip.port, mayFail: false });
  }

  /** Null: it is not open. */
  attemptOf(key: string): number | null {
    return openSteps(this.#place.root).find((step) => step.key === key)?.attempt ?? null;
  }

  /** What is open and how, to be compared. */
  standing(): { steps: string[]; limits: string[] } {
    const steps = openSteps(this.#place.root);
    const attempts = (step: Step) => (['http', 'subWorkflow'].includes(step.node.type) ? ` attempt ${step.attempt}` : '');
    return {
      steps: steps.map((step) => `${step.key} at ${step.node.id}${attempts(step)}`).sort(),
      limits: steps.flatMap(({ key, isLimited }) => (isLimited ? [key] : [])).sort(),
    };
  }

  #skipped({ step: key, port, output }: Skip): Step {
    const step = this.#step(key);
    this.#close(step);
    this.trace.push(`${key} is skipped to ${text(output)} by ${port}`);
    step.frame.outputs.set(step.node.id, output);
    return step;
  }

  /** O10 */
  #migrate(migration: Migration): void {
    this.#rename(migration, []);
    if (this.status === 'Running') this.#goOn();
  }

  #rename(migration: Migration, tokens: readonly Token[]): void {
    this.#version = new ModelVersion(migration.to);
    rename(this.#place, tokens, this.#version, migration);
  }

  /** What another version may let happen at once. [O10] */
  #goOn(): void {
    for (const frame of framesIn(this.#place.root)) {
      if (frame.gone) continue;
      for (const [id, join] of frame.joins) this.#fireReady(frame, this.#version.node(id), join);
      this.#place.touched.add(frame);
    }
    for (const step of openSteps(this.#place.root)) if (step.node.type === 'forEach') this.#place.work.push({ type: 'advance', step });
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
    const waiting = this.#place.waits.indexOf(step);
    if (waiting >= 0) this.#place.waits.splice(waiting, 1);
    for (const pass of step.passes) this.#drop(pass);
  }

  #drop(frame: Frame): void {
    frame.gone = true;
    frame.container?.passes.delete(frame);
    for (const step of frame.open.values()) this.#close(step);
  }

  // ── Expressions ────────────────────────────────────────────────────────────

  #value(value: Json | undefined, frame: Frame, error: ModelFailure | undefined): Json {
    return this.#version.value(value, { input: this.#input, vars: this.vars, frame, error });
  }

  #evaluate(source: string, frame: Frame, error: ModelFailure | undefined, index?: number): Json | undefined {
    return this.#version.evaluate(source, { input: this.#input, vars: this.vars, frame, error, index });
  }

  #visit(frame: Frame, node: GraphNode): string {
    const visit = (frame.visits.get(node.id) ?? 0) + 1;
    frame.visits.set(node.id, visit);
    return `${frame.id}${node.id}#${visit}`;
  }

  #step(key: string): Step {
    const step = openSteps(this.#place.root).find((one) => one.key === key);
    if (step === undefined) throw new Error(`${key} is not open in the model.`);
    return step;
  }
}

function nameOfEvent({ node }: Step): string {
  return String(node.config.name).toLowerCase();
}

/** JSON with sorted keys. */
export function text(value: Json | undefined): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
