/** Decides for an instance of a workflow: the engine on the plan of its version. */
import {
  decide,
  encodeState,
  isFinal,
  openWork,
  waitsFor,
  type Command,
  type CommandBody,
  type EntityCommandBody,
  type Evaluator,
  type ExecutionId,
  type InstanceState,
  type InstanceStatus,
  type StepKey,
} from '@perdure/engine';
import type { Json, Plan } from '@perdure/graph';
import type { PublishedPlan } from './plan-cache.ts';
import type { Decider, Decision, InstanceCommand } from './ports/decider.ts';

type FindPlan = (workflow: string, version: number) => Promise<PublishedPlan | null>;

export class WorkflowDecider implements Decider {
  readonly startsAnew = false;
  readonly #findPlan: FindPlan;
  readonly #state: InstanceState;
  #plan: Plan;

  /** `findPlan`: of another version of its workflow, to which it may be migrated. */
  constructor(plan: Plan, state: InstanceState, findPlan: FindPlan) {
    this.#plan = plan;
    this.#state = state;
    this.#findPlan = findPlan;
  }

  get executionId(): ExecutionId {
    return this.#state.executionId;
  }

  get workflow(): string {
    return this.#state.workflow;
  }

  get version(): number {
    return this.#state.version;
  }

  get traceParent(): string | undefined {
    return this.#state.traceParent;
  }

  get status(): InstanceStatus {
    return this.#state.status;
  }

  get seq(): number {
    return this.#state.seq;
  }

  get customStatus(): Json {
    return this.#state.customStatus;
  }

  get runningActivities(): number {
    return this.#state.runningActivities;
  }

  get size(): number {
    return this.#state.steps.size;
  }

  decide(command: Parameters<Decider['decide']>[0], evaluator: Evaluator): Decision | Promise<Decision> {
    if (isForEntity(command))
      return { events: [], effects: [], outcome: { ok: false, code: 'stale', message: `${this.#state.instanceId} is not an entity.` } };
    return command.type === 'Migrate' ? this.#migrate(command, evaluator) : decide(this.#plan, this.#state, command, evaluator);
  }

  async #migrate(command: Command & { type: 'Migrate' }, evaluator: Evaluator): Promise<Decision> {
    const { workflow } = this.#state;
    const published = await this.#findPlan(workflow, command.version);
    if (published === null)
      return {
        events: [],
        effects: [],
        outcome: { ok: false, code: 'migration.problems', message: `${workflow} has no version ${command.version}.` },
      };
    const decision = await decide(this.#plan, this.#state, command, evaluator, published.plan);
    if (decision.outcome.ok) this.#plan = published.plan;
    return decision;
  }

  encode(): Json {
    return encodeState(this.#state);
  }

  openActivities(): StepKey[] {
    return openWork(this.#state).flatMap((effect) => (effect.type === 'RunActivity' ? [effect.step] : []));
  }

  activity(key: StepKey): ReturnType<Decider['activity']> {
    const step = this.#state.steps.get(key);
    if (step?.kind !== 'activity' || step.phase !== 'scheduled') return null;
    const { attempt, releases = 0, activity, node, input, queue } = step;
    const planned = this.#plan.nodes.get(node);
    return {
      step: key,
      attempt,
      releases,
      activity,
      node,
      input,
      queue,
      timeoutMs: planned?.kind === 'activity' ? planned.timeoutMs : null,
    };
  }

  whereabouts(): Json {
    const { failure, status, output } = this.#state;
    if (failure !== null && isFinal(status)) {
      const { node, code, message } = failure;
      return {
        kind: 'failure',
        node: node ?? '',
        title: node === undefined ? '' : (this.#titleOf(node) ?? node),
        code,
        detail: message.slice(0, 300),
      };
    }
    // The output of a terminated instance is the reason somebody gave.
    if (status === 'Terminated' && typeof output === 'string') return { kind: 'none', node: '', title: '', detail: output.slice(0, 300) };
    if (isFinal(status)) return null;
    const wait = waitsFor(this.#plan, this.#state);
    return wait === null ? null : { ...wait };
  }

  #titleOf(node: string): string | undefined {
    for (const candidate of this.#plan.nodes.values()) if (candidate.id === node) return candidate.title;
    return undefined;
  }
}

function isForEntity<Given extends InstanceCommand>(command: Given): command is Given & Exclude<EntityCommandBody, CommandBody> {
  return command.type === 'Operate' || command.type === 'RequestLock' || command.type === 'ReleaseLock';
}
