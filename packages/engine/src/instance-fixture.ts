import type { Json, Plan } from '@perdure/graph';
import type { Command, CommandBody, Outcome } from './command.ts';
import { decide } from './decide.ts';
import type { TurnResult } from './decide.ts';
import type { Effect } from './effect.ts';
import { encodeState } from './encode-state.ts';
import type { Evaluator } from './evaluator.ts';
import { evolve } from './evolve.ts';
import type { EventBody, EventType, HistoryEvent } from './history-event.ts';
import { executionId, instanceId, stepKey, timerId } from './ids.ts';
import { initialState } from './initial-state.ts';
import { evaluator as syncEvaluator } from './plan-fixture.ts';
import type { InstanceState } from './state.ts';

/** Drives one instance in a test: sends commands, keeps its history and effects. Time passes by one millisecond per command. */
export class InstanceFixture {
  plan: Plan;
  readonly evaluator: Evaluator;
  state: InstanceState;
  history: HistoryEvent[] = [];
  effects: Effect[] = [];
  last: TurnResult = { events: [], effects: [], outcome: { ok: true } };
  at = 1_000;
  #seed = 0;

  constructor(plan: Plan, evaluator: Evaluator = syncEvaluator, id = 'inst') {
    this.plan = plan;
    this.state = initialState(instanceId(id));
    this.evaluator = evaluator;
  }

  start(input: Json = null, more: Partial<CommandBody & { type: 'StartExecution' }> = {}): this {
    this.send({
      type: 'StartExecution',
      executionId: executionId('x1'),
      workflow: 'wf',
      version: 1,
      input,
      tags: [],
      startedBy: 'api',
      parent: null,
      ...more,
    });
    return this;
  }

  /** `target`: with Migrate, the plan it moves to. */
  send(body: CommandBody, target?: Plan): Outcome {
    const result = decide(this.plan, this.state, this.command(body), this.evaluator, target);
    if (result instanceof Promise) throw new Error('decide answered with a promise although the evaluator did not.');
    if (target && result.outcome.ok) this.plan = target;
    return this.take(result);
  }

  async sendAsync(body: CommandBody, target?: Plan): Promise<Outcome> {
    const result = await decide(this.plan, this.state, this.command(body), this.evaluator, target);
    if (target && result.outcome.ok) this.plan = target;
    return this.take(result);
  }

  command(body: CommandBody): Command {
    this.at++;
    return { at: this.at, seed: `s${this.#seed++}`, ...body };
  }

  take(result: TurnResult): Outcome {
    this.last = result;
    this.history.push(...result.events);
    this.effects.push(...result.effects);
    return result.outcome;
  }

  complete(step: string, output: Json = null, attempt = 1): Outcome {
    return this.send({ type: 'CompleteTask', step: stepKey(step), attempt, output });
  }

  fail(step: string, code = 'Boom', attempt = 1, retryable = true): Outcome {
    return this.send({ type: 'FailTask', step: stepKey(step), attempt, failure: { code, message: `${code} happened` }, retryable });
  }

  fire(timer: string): Outcome {
    return this.send({ type: 'FireTimer', timer: timerId(timer) });
  }

  raise(name: string, data: Json = null): Outcome {
    return this.send({ type: 'RaiseEvent', id: `m${this.at}`, name, data, by: 'api' });
  }

  /** Event types of the last turn, or of the whole history. */
  types(of: HistoryEvent[] = this.last.events): EventType[] {
    return of.map((event) => event.type);
  }

  all<T extends EventType>(type: T): (HistoryEvent & EventBody & { type: T })[] {
    return this.history.filter((event): event is HistoryEvent & EventBody & { type: T } => event.type === type);
  }

  effectTypes(): Effect['type'][] {
    return this.last.effects.map((effect) => effect.type);
  }

  open(): string[] {
    return [...this.state.steps.keys()];
  }

  /** The state folded from the history alone. */
  folded(): Json {
    const fresh = initialState(this.state.instanceId);
    for (const event of this.history) evolve(fresh, event);
    return encodeState(fresh);
  }
}
