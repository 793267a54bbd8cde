import type { EntityPlan, Json } from '@perdure/graph';
import type { Evaluator } from '../evaluator.ts';
import type { InstanceId } from '../ids.ts';
import { executionId, instanceId, stepKey, timerId } from '../ids.ts';
import { entityExpression, evaluator as syncEvaluator } from '../plan-fixture.ts';
import { decideEntity } from './decide-entity.ts';
import type { EntityTurnResult } from './decide-entity.ts';
import type { EntityCommand, EntityCommandBody, EntityOutcome } from './entity-command.ts';
import type { EntityEvent, EntityEventType } from './entity-event.ts';
import { entityInstanceId } from './entity-id.ts';
import type { EntityEffect } from './entity-messages.ts';
import type { EntityRequest, LockRequest } from './entity-request.ts';
import type { EntityState } from './entity-state.ts';
import { initialEntityState } from './entity-state.ts';

/** Drives one entity in a test: sends commands, keeps its history and effects. Time passes by one millisecond per command. */
export class EntityFixture {
  plan: EntityPlan | null;
  readonly evaluator: Evaluator;
  state: EntityState;
  history: EntityEvent[] = [];
  effects: EntityEffect[] = [];
  last: EntityTurnResult = { events: [], effects: [], outcome: { ok: true } };
  at = 1_000;
  #count = 0;

  constructor(plan: EntityPlan | null, { key = 'a', name = 'counter', evaluator = syncEvaluator } = {}) {
    this.plan = plan;
    this.evaluator = evaluator;
    this.state = initialEntityState(entityInstanceId(name, key));
  }

  send(body: EntityCommandBody): EntityOutcome {
    const result = decideEntity(this.plan, this.state, this.command(body), this.evaluator);
    if (result instanceof Promise) throw new Error('decideEntity answered with a promise although the evaluator did not.');
    return this.take(result);
  }

  async sendAsync(body: EntityCommandBody): Promise<EntityOutcome> {
    return this.take(await decideEntity(this.plan, this.state, this.command(body), this.evaluator));
  }

  command(body: EntityCommandBody): EntityCommand {
    this.at++;
    this.#count++;
    return { at: this.at, seed: `s${this.#count}`, executionId: executionId(`x${this.#count}`), ...body };
  }

  take(result: EntityTurnResult): EntityOutcome {
    this.last = result;
    this.history.push(...result.events);
    this.effects.push(...result.effects);
    return result.outcome;
  }

  call(operation: string, input: Json = null, more: Partial<EntityRequest> = {}): EntityOutcome {
    return this.send({ type: 'Operate', request: requestOf(`r${this.#count + 1}`, operation, input, more) });
  }

  signal(operation: string, input: Json = null, more: Partial<EntityRequest> = {}): EntityOutcome {
    return this.call(operation, input, { mode: 'signal', from: { kind: 'api', by: 'ann' }, ...more });
  }

  lock(by: string, entities: InstanceId[] = [this.state.instanceId]): EntityOutcome {
    return this.send({ type: 'RequestLock', lock: lockOf(by, entities, entities.indexOf(this.state.instanceId)) });
  }

  release(by: string): EntityOutcome {
    return this.send({ type: 'ReleaseLock', lock: lockOf(by, [], 0).id });
  }

  fire(timer: string): EntityOutcome {
    return this.send({ type: 'FireTimer', timer: timerId(timer) });
  }

  types(of: EntityEvent[] = this.last.events): EntityEventType[] {
    return of.map((event) => event.type);
  }

  /** What callers were told in the last turn, in order: the output, or the code of the failure. */
  answers(): Json[] {
    return this.last.effects.flatMap((effect): Json[] => {
      if (effect.type !== 'SendToInstance') return [];
      const { command } = effect;
      if (command.type === 'CompleteEntityCall') return [command.output];
      return command.type === 'FailEntityCall' ? [command.failure.code] : [];
    });
  }
}

export function requestOf(id: string, operation: string, input: Json, more: Partial<EntityRequest> = {}): EntityRequest {
  const from = { kind: 'workflow', instanceId: instanceId('inst'), step: stepKey('call#1') } as const;
  return { id, operation, input, mode: 'call', from, at: null, lock: null, ...more };
}

/** The wish of instance `by`, whose scope is `section#1`. */
export function lockOf(by: string, entities: InstanceId[], next: number): LockRequest {
  return { id: `${by}/x1/section#1`, instanceId: instanceId(by), step: stepKey('section#1'), entities, next };
}

export const counter: EntityPlan = { version: 3, kind: 'counter' };

/** The sample's accounts, in TypeScript. */
export const account: EntityPlan = {
  version: 1,
  kind: 'custom',
  initialState: { balance: 0 },
  operations: new Map([
    [
      'deposit',
      {
        name: 'deposit',
        state: entityExpression(({ state, input }) => ({ balance: balanceOf(state) + Number(input) })),
        result: entityExpression(({ state }) => balanceOf(state)),
        signals: null,
      },
    ],
    [
      'withdraw',
      {
        name: 'withdraw',
        state: entityExpression(({ state, input }) => {
          if (balanceOf(state) < Number(input)) throw new Error('Insufficient: there is too little');
          return { balance: balanceOf(state) - Number(input) };
        }),
        result: entityExpression(({ before, state }) => [balanceOf(before ?? null), balanceOf(state)]),
        signals: null,
      },
    ],
    ['get', { name: 'get', state: null, result: entityExpression(({ state }) => balanceOf(state)), signals: null }],
  ]),
};

function balanceOf(state: Json): number {
  return typeof state === 'object' && state !== null && !Array.isArray(state) ? Number(state.balance) : Number.NaN;
}
