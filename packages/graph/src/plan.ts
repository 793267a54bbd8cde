import type { EdgeId, NodeId, PortId } from './ids.ts';
import type { Json } from './json.ts';

/**
 * A workflow compiled once per version: what the engine interprets.
 * Everything is parsed, every expression is analysed, every lookup is by map. Immutable and shared by all instances of the version.
 */
export interface Plan {
  start: NodeId;
  nodes: ReadonlyMap<NodeId, PlanNode>;
}

/**
 * `cheap` expressions are evaluated inside the turn; `sandboxed` ones in a killable child process.
 * `reads` lists the data paths the expression can touch (`['steps','quote','output','price']`); a path that ends early
 * (`['steps']`) means everything below it.
 */
export interface CompiledExpression {
  source: string;
  cost: 'cheap' | 'sandboxed';
  reads: readonly (readonly string[])[];
  /** Whose data it is written over. Default: a workflow's. */
  subject?: 'entity';
}

/** What expressions are written for: each has its own names at the root of the data. */
export type ExpressionSubject = 'workflow' | 'entity';

/** What `compile` asks of the expression language; implemented by `@perdure/expressions`. */
export interface ExpressionAnalyser {
  /** `unknownNames`: what it reads at the top of the data that is never there, such as `inptu`. */
  analyse(
    source: string,
    subject?: ExpressionSubject,
  ): { ok: true; expression: CompiledExpression; unknownNames?: readonly string[] } | { ok: false; message: string; position: number };
}

export type CompiledValue = { kind: 'literal'; value: Json } | { kind: 'expression'; expression: CompiledExpression };

export interface PlanRetry {
  firstRetryIntervalMs: number;
  maxNumberOfAttempts: number;
  backoffCoefficient: number;
  maxRetryIntervalMs: number | null;
  retryTimeoutMs: number | null;
  nonRetryableErrors: readonly string[];
}

export interface PlanEdge {
  id: EdgeId;
  source: NodeId;
  port: PortId;
  target: NodeId;
}

export interface PlanNodeBase {
  id: NodeId;
  /** The catalogue key, e.g. `http`. */
  type: string;
  title: string;
  parent: NodeId | null;
  disabled: boolean;
  /** Outgoing edges by port, in document order. A port without edges is absent. */
  outputs: ReadonlyMap<PortId, readonly PlanEdge[]>;
  incoming: readonly PlanEdge[];
}

/** What the engine interprets, by `kind`. Several catalogue types may share the kind `activity`. */
export type PlanNode =
  | StartNode
  | ActivityNode
  | TransformNode
  | ConditionNode
  | JoinNode
  | SetVariablesNode
  | ForEachNode
  | LoopNode
  | ScopeNode
  | TimerNode
  | EventNode
  | HumanTaskNode
  | SubWorkflowNode
  | EntityOperationNode
  | SetStatusNode
  | FailNode
  | EndNode;

/** What a catalogue entry compiles to: a plan node without the parts every node has. */
export type PlanNodeBody = PlanNode extends infer Node ? (Node extends PlanNode ? Omit<Node, keyof PlanNodeBase> : never) : never;

/** Ports: `out`. The input was filled with the defaults of `inputSchema` (JSON Schema) and checked before the instance was created; a sub-workflow's is filled. */
export interface StartNode extends PlanNodeBase {
  kind: 'start';
  inputSchema: Json | null;
}

/** Effectful work done outside the turn. Ports: `out`, `error`. Its input is the object of its evaluated `input` fields. */
export interface ActivityNode extends PlanNodeBase {
  kind: 'activity';
  /** The name under which the executor registered it: `http`. */
  activity: string;
  input: Readonly<Record<string, CompiledValue>>;
  retry: PlanRetry;
  timeoutMs: number | null;
  /** A named queue served by any worker, or null for the instance's owner. */
  queue: string | null;
}

/** Pure: evaluated inside the turn. Ports: `out`, `error`. */
export interface TransformNode extends PlanNodeBase {
  kind: 'transform';
  value: CompiledValue;
}

/** Ports: one per case (its key), then `otherwise`. The first case whose `when` is truthy is taken. */
export interface ConditionNode extends PlanNodeBase {
  kind: 'condition';
  cases: readonly { port: PortId; when: CompiledExpression }[];
}

/** Ports: `out`. `needed` counts the incoming edges that must have delivered a token of the same pass. */
export interface JoinNode extends PlanNodeBase {
  kind: 'join';
  needed: number;
  cancelRest: boolean;
  /** With `cancelRest`: the nodes between the join and its nearest dominating split (both excluded), nested ones not listed. */
  region: ReadonlySet<NodeId>;
}

/** Ports: `out`. All values are evaluated before any is written. */
export interface SetVariablesNode extends PlanNodeBase {
  kind: 'setVariables';
  variables: Readonly<Record<string, CompiledValue>>;
}

/** A container. Ports: `body` (inner), `out`, `error`. Its output is the list of item results in input order. */
export interface ForEachNode extends PlanNodeBase {
  kind: 'forEach';
  items: CompiledValue;
  /** How many items run at once: 1 = one after another. */
  concurrency: number;
  /** How many items may fail before the container fails; a tolerated item's result is null. */
  errorTolerance: number;
}

/** A container. Ports: `body` (inner), `out`, `error`. Repeats while (checked before a pass) or until (checked after). */
export interface LoopNode extends PlanNodeBase {
  kind: 'loop';
  mode: 'while' | 'until';
  condition: CompiledExpression;
  /** Passes allowed before the loop fails with `LoopLimit`; null = no limit. */
  maxPasses: number | null;
}

/** A container. Ports: `body` (inner), `out`, one exceptional port per catch, in order: the first that matches takes the error. A critical section when it has locks. */
export interface ScopeNode extends PlanNodeBase {
  kind: 'scope';
  /** `codes` null matches every error. */
  catches: readonly { port: PortId; codes: readonly string[] | null }[];
  /** The whole scope fails with `Timeout` after this long. */
  timeoutMs: number | null;
  /** With entities the scope is a critical section: all of them are locked before its pass starts. A key may evaluate to a list of keys. */
  locks: readonly { entity: string; key: CompiledValue }[];
}

/** Ports: `out`. `for`: a duration (text, or milliseconds as a number). `until`: an ISO 8601 moment (or epoch milliseconds). */
export interface TimerNode extends PlanNodeBase {
  kind: 'timer';
  mode: 'for' | 'until';
  value: CompiledValue;
}

/** Ports: `out`, `timeout` (exceptional, only with a timeout). Output: the event's data. */
export interface EventNode extends PlanNodeBase {
  kind: 'event';
  /** Compared case-insensitively. */
  name: CompiledValue;
  timeout: CompiledValue | null;
}

/** Ports: one per outcome (its key), `overdue` (exceptional, only with a deadline). Output: `{ outcome, data, by, comment, votes }`. */
export interface HumanTaskNode extends PlanNodeBase {
  kind: 'humanTask';
  taskTitle: CompiledValue;
  description: CompiledValue | null;
  /** Read-only data shown above the form. */
  context: CompiledValue | null;
  /** User ids, e-mail addresses or group names; empty = everybody with the approver right. */
  candidates: CompiledValue | null;
  priority: CompiledValue;
  /** JSON Schema of the form, or null for outcomes only. */
  formSchema: Json | null;
  outcomes: readonly { port: PortId; label: string; tone: 'primary' | 'neutral' | 'danger' }[];
  /** Soft: shown as late, still decidable. Duration or moment. */
  due: CompiledValue | null;
  /** Hard: closes the task through `overdue`. Duration or moment. */
  deadline: CompiledValue | null;
  /** Votes needed for the primary outcome; null = one decision. */
  quorum: CompiledValue | null;
  /** A vote for another outcome decides at once, or that one needs as many votes. */
  others: 'decide' | 'count';
  /** Group names: each must have somebody who votes for the primary outcome. */
  requiredGroups: CompiledValue | null;
  /** User ids and e-mail addresses of those who may have no part in it. */
  notBy: CompiledValue | null;
  /** Nor whoever the instance was started for. */
  requesterMayNotDecide: boolean;
  /** Durations after it is due, or before (`-4h`); without a due time, after it opened. */
  reminders: CompiledValue | null;
  /** A duration after it is due; without a due time, after it opened. */
  escalateAfter: CompiledValue | null;
  /** Candidates added then. */
  escalateTo: CompiledValue | null;
  escalatePriority: CompiledValue | null;
  /** An address that is told of it. */
  webhook: CompiledValue | null;
}

/** Ports: `out`, `error`. Output: the child's output, or `{ instanceId }` when it is not waited for. */
export interface SubWorkflowNode extends PlanNodeBase {
  kind: 'subWorkflow';
  /** The workflow's key. */
  workflow: CompiledValue;
  /** A version number, or null for the latest published when it starts. */
  version: number | null;
  input: CompiledValue;
  wait: boolean;
  retry: PlanRetry;
  timeoutMs: number | null;
}

/** Ports: `out`, `error`. Output: the operation's result; of a signal, nothing. */
export interface EntityOperationNode extends PlanNodeBase {
  kind: 'entityOperation';
  /** The entity type's name, in lower case. */
  entity: string;
  key: CompiledValue;
  operation: string;
  input: CompiledValue;
  /** A call waits for the result; a signal passes at once. */
  mode: 'call' | 'signal';
  /** Signals only: how long until it is delivered. A duration (text, or milliseconds as a number). */
  delay: CompiledValue | null;
}

/** Ports: `out`. */
export interface SetStatusNode extends PlanNodeBase {
  kind: 'setStatus';
  value: CompiledValue;
}

/** No ports: raises. */
export interface FailNode extends PlanNodeBase {
  kind: 'fail';
  code: CompiledValue;
  message: CompiledValue;
}

/** No ports: consumes its token; the value becomes the result of the enclosing container or of the instance. */
export interface EndNode extends PlanNodeBase {
  kind: 'end';
  value: CompiledValue;
}
