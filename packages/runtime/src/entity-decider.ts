/** Decides for an entity: the engine's rules for entities, on the latest version of its type. */
import {
  decideEntity,
  encodeEntityState,
  type EntityCommandBody,
  type EntityState,
  type EntityTurnResult,
  type Evaluator,
  type ExecutionId,
  type InstanceStatus,
  type QueuedRequest,
  type RequestSource,
  type StepKey,
} from '@perdure/engine';
import type { EntityPlan, Json } from '@perdure/graph';
import type { EntityTypes } from './entity-types.ts';
import { newExecutionId } from './new-execution-id.ts';
import type { Decider, Decision, InstanceCommand } from './ports/decider.ts';

/** Of a long queue the row holds the head. */
const waitingShown = 20;

export class EntityDecider implements Decider {
  readonly startsAnew = true;
  readonly #types: EntityTypes;
  readonly #state: EntityState;

  constructor(types: EntityTypes, state: EntityState) {
    this.#types = types;
    this.#state = state;
  }

  get executionId(): ExecutionId {
    return this.#state.executionId;
  }

  get workflow(): string {
    return `@${this.#state.name}`;
  }

  get version(): number {
    return this.#state.version;
  }

  get status(): InstanceStatus {
    return this.#state.status;
  }

  get seq(): number {
    return this.#state.seq;
  }

  get customStatus(): Json {
    return this.#state.content?.state ?? null;
  }

  get runningActivities(): number {
    return 0;
  }

  get size(): number {
    return this.#state.queue.length + this.#state.delayed.size;
  }

  decide(command: Parameters<Decider['decide']>[0], evaluator: Evaluator): Decision | Promise<Decision> {
    const plan = this.#types.peek(this.#state.name);
    if (plan === undefined) return this.#types.find(this.#state.name).then((found) => this.#decide(found, command, evaluator));
    return this.#decide(plan, command, evaluator);
  }

  #decide(plan: EntityPlan | null, command: Parameters<Decider['decide']>[0], evaluator: Evaluator): Decision | Promise<Decision> {
    if (!isForEntity(command)) return { events: [], effects: [], outcome: { ok: false, code: 'stale', message: 'This is an entity.' } };
    const { executionId, seq } = this.#state;
    // A new one is used only when the entity begins to exist.
    const given = { executionId: seq === 0 ? newExecutionId() : executionId, ...command };
    const turn = decideEntity(plan, this.#state, given, evaluator);
    return turn instanceof Promise ? turn.then(decisionOf) : decisionOf(turn);
  }

  encode(): Json {
    return encodeEntityState(this.#state);
  }

  /** Also what the row's columns do not say, for the list of entities. */
  whereabouts(): Json {
    const { content, lock, queue, delayed, lastOperationAt, version } = this.#state;
    const lockedBy = lock === null ? null : { instanceId: lock.instanceId, step: lock.step };
    const waiting = queue.length === 0 ? {} : { waiting: queue.slice(0, waitingShown).map(shownWaiting) };
    const entity = {
      exists: content !== null,
      lockedBy,
      queued: queue.length,
      delayed: delayed.size,
      lastOperationAt,
      version,
      ...waiting,
    };
    return { entity };
  }

  openActivities(): StepKey[] {
    return [];
  }

  activity(): null {
    return null;
  }
}

function shownWaiting(queued: QueuedRequest): { operation: string | null; from: RequestSource } {
  if (queued.kind === 'operation') return { operation: queued.request.operation, from: queued.request.from };
  const { instanceId, step } = queued.lock;
  return { operation: null, from: { kind: 'workflow', instanceId, step } };
}

function decisionOf({ events, effects, outcome }: EntityTurnResult): Decision {
  if (outcome.ok) return { events, effects, outcome };
  const { code, message } = outcome;
  // The worker gives no command to an execution that has ended.
  if (code === 'entity.ended') throw new Error(message);
  return { events, effects, outcome: { ok: false, code, message } };
}

function isForEntity<Given extends InstanceCommand>(command: Given): command is Given & EntityCommandBody {
  const { type } = command;
  return type === 'Operate' || type === 'RequestLock' || type === 'ReleaseLock' || type === 'FireTimer';
}
