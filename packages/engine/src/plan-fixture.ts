import { edgeId, nodeId, portId } from '@perdure/graph';
import type { CompiledExpression, CompiledValue, EdgeId, Json, NodeId, Plan, PlanEdge, PlanNode, PlanRetry, PortId } from '@perdure/graph';
import type { EntityScope, Evaluation, Evaluator, ExpressionScope, TurnClock } from './evaluator.ts';

/**
 * Small hand-built plans for the tests: nodes by id, edges as text. `a:error>b` leaves `a` by its port `error`; `a>b` by `out`.
 * Expressions are TypeScript functions here; the language has its own package and its own tests.
 */
export function planOf(nodes: Record<string, NodeSpec>, edges: string[]): Plan {
  const parsed = edges.map((text, index): PlanEdge => {
    const [from = '', target = ''] = text.split('>');
    const [source = '', port = 'out'] = from.split(':');
    return { id: edgeId(`e${index + 1}`), source: nodeId(source), port: portId(port), target: nodeId(target) };
  });
  const built = new Map<NodeId, PlanNode>();
  for (const [name, { parent = null, disabled = false, ...rest }] of Object.entries(nodes)) {
    const id = nodeId(name);
    const outputs = new Map<PortId, PlanEdge[]>();
    for (const edge of parsed) {
      if (edge.source !== id) continue;
      const list = outputs.get(edge.port);
      if (list) list.push(edge);
      else outputs.set(edge.port, [edge]);
    }
    const common = {
      id,
      type: rest.kind,
      title: name,
      parent: parent === null ? null : nodeId(parent),
      disabled,
      outputs,
      incoming: parsed.filter((edge) => edge.target === id),
    };
    // Joining two object types loses which kind goes with which fields; `rest` is one kind's complete fields.
    const node = { ...rest, ...common } as PlanNode;
    built.set(id, node.kind === 'join' && node.needed === 0 ? { ...node, needed: common.incoming.length } : node);
  }
  return { start: nodeId('start'), nodes: built };
}

type Own<N extends PlanNode> = Omit<N, 'id' | 'type' | 'title' | 'parent' | 'disabled' | 'outputs' | 'incoming'>;
type Kinds = { [K in PlanNode['kind']]: Own<PlanNode & { kind: K }> };
export type NodeSpec = Kinds[PlanNode['kind']] & { parent?: string; disabled?: boolean };

// Expressions

type Computed = Json | undefined | Promise<Json | undefined>;
type Compute = (scope: ExpressionScope, clock: TurnClock) => Computed;
const computes = new Map<string, Compute>();

/** An expression that reads everything, unless told what. Throwing makes it fail. */
export function expression(compute: Compute, reads: string[][] = [[]]): CompiledExpression {
  const source = `f${computes.size}`;
  computes.set(source, compute);
  return { source, cost: 'cheap', reads };
}

export const expr = (compute: Compute, reads?: string[][]): CompiledValue => ({
  kind: 'expression',
  expression: expression(compute, reads),
});
export const literal = (value: Json): CompiledValue => ({ kind: 'literal', value });

/** An expression of an entity's operation. */
export const entityExpression = (compute: (scope: EntityScope, clock: TurnClock) => Json | undefined): CompiledExpression => ({
  // Found by its source and given what an entity's expression is given.
  ...expression((scope, clock) => compute(scope as unknown as EntityScope, clock)),
  subject: 'entity',
});

function run(source: string, scope: ExpressionScope | EntityScope, clock: TurnClock): Evaluation | Promise<Evaluation> {
  const compute = computes.get(source);
  if (!compute) return { ok: false, code: 'Expression', message: `no expression ${source}` };
  try {
    // Each expression here is written for the kind of data it is evaluated over.
    const value = compute(scope as ExpressionScope, clock);
    return value instanceof Promise ? value.then((settled): Evaluation => ({ ok: true, value: settled })) : { ok: true, value };
  } catch (error) {
    return { ok: false, code: 'Expression', message: String(error instanceof Error ? error.message : error) };
  }
}

export const evaluator: Evaluator = {
  evaluate: (source, scope, clock) => run(source.source, scope, clock),
  load: (value) => value,
  keep: (value) => value,
};

/** The same answers, each behind a promise. */
export const asyncEvaluator: Evaluator = {
  evaluate: async (source, scope, clock) => run(source.source, scope, clock),
  load: async (value) => value,
  keep: async (value) => value,
};

/** Keeps values over `limit` characters aside, as the runtime does from 64 KB on. */
export function keepingEvaluator(limit: number): Omit<Evaluator, 'keep' | 'load'> & { keep(value: Json): Json; load(value: Json): Json } {
  const kept = new Map<string, Json>();
  const keep = (value: Json): Json => {
    const text = JSON.stringify(value);
    if (text.length <= limit) return value;
    const key = `h${text.length}-${text.slice(0, 24)}`;
    kept.set(key, value);
    return { $payload: key, bytes: text.length };
  };
  const load = (value: Json): Json => {
    const key = typeof value === 'object' && value !== null && !Array.isArray(value) ? value.$payload : undefined;
    return typeof key === 'string' ? (kept.get(key) ?? null) : value;
  };
  return {
    load,
    keep,
    evaluate(source, scope, clock) {
      const result = run(source.source, scope, clock);
      if (result instanceof Promise || !result.ok || result.value === undefined) return result;
      return { ok: true, value: keep(result.value) };
    },
  };
}

// Nodes

export const NO_RETRY: PlanRetry = {
  firstRetryIntervalMs: 0,
  maxNumberOfAttempts: 1,
  backoffCoefficient: 1,
  maxRetryIntervalMs: null,
  retryTimeoutMs: null,
  nonRetryableErrors: [],
};

export const start: Kinds['start'] = { kind: 'start', inputSchema: null };
export const activity = (own: Partial<Kinds['activity']> = {}): Kinds['activity'] => ({
  kind: 'activity',
  activity: 'work',
  input: {},
  retry: NO_RETRY,
  timeoutMs: null,
  queue: null,
  ...own,
});
export const transform = (value: CompiledValue = literal(1)): Kinds['transform'] => ({ kind: 'transform', value });
export const condition = (...cases: [string, Compute][]): Kinds['condition'] => ({
  kind: 'condition',
  cases: cases.map(([port, when]) => ({ port: portId(port), when: expression(when) })),
});
/** `needed` 0 = all incoming edges. */
export const join = (needed = 0, region?: string[]): Kinds['join'] => ({
  kind: 'join',
  needed,
  cancelRest: region !== undefined,
  region: new Set((region ?? []).map(nodeId)),
});
export const setVariables = (variables: Record<string, CompiledValue>): Kinds['setVariables'] => ({ kind: 'setVariables', variables });
export const forEach = (items: CompiledValue, own: Partial<Kinds['forEach']> = {}): Kinds['forEach'] => ({
  kind: 'forEach',
  items,
  concurrency: 1000,
  errorTolerance: 0,
  ...own,
});
export const loop = (mode: 'while' | 'until', when: Compute, maxPasses: number | null = null): Kinds['loop'] => ({
  kind: 'loop',
  mode,
  condition: expression(when),
  maxPasses,
});
export const scope = (
  catches: [string, string[] | null][] = [],
  timeoutMs: number | null = null,
  locks: Kinds['scope']['locks'] = [],
): Kinds['scope'] => ({
  kind: 'scope',
  catches: catches.map(([port, codes]) => ({ port: portId(port), codes })),
  timeoutMs,
  locks,
});
export const entityOperation = (own: Partial<Kinds['entityOperation']> = {}): Kinds['entityOperation'] => ({
  kind: 'entityOperation',
  entity: 'counter',
  key: literal('a'),
  operation: 'add',
  input: literal(1),
  mode: 'call',
  delay: null,
  ...own,
});
export const timer = (value: CompiledValue, mode: 'for' | 'until' = 'for'): Kinds['timer'] => ({ kind: 'timer', mode, value });
export const event = (name: string, timeout: CompiledValue | null = null): Kinds['event'] => ({
  kind: 'event',
  name: literal(name),
  timeout,
});
export const humanTask = (own: Partial<Kinds['humanTask']> = {}): Kinds['humanTask'] => ({
  kind: 'humanTask',
  taskTitle: literal('Approve'),
  description: null,
  context: null,
  candidates: null,
  priority: literal(50),
  formSchema: null,
  outcomes: [
    { port: portId('approve'), label: 'Approve', tone: 'primary' },
    { port: portId('reject'), label: 'Reject', tone: 'danger' },
  ],
  due: null,
  deadline: null,
  quorum: null,
  others: 'decide',
  requiredGroups: null,
  notBy: null,
  requesterMayNotDecide: false,
  reminders: null,
  escalateAfter: null,
  escalateTo: null,
  escalatePriority: null,
  webhook: null,
  ...own,
});
export const subWorkflow = (own: Partial<Kinds['subWorkflow']> = {}): Kinds['subWorkflow'] => ({
  kind: 'subWorkflow',
  workflow: literal('child'),
  version: null,
  input: literal(null),
  wait: true,
  retry: NO_RETRY,
  timeoutMs: null,
  ...own,
});
export const setStatus = (value: CompiledValue): Kinds['setStatus'] => ({ kind: 'setStatus', value });
export const fail = (code: string, message = 'it failed'): Kinds['fail'] => ({
  kind: 'fail',
  code: literal(code),
  message: literal(message),
});
export const end = (value: CompiledValue = literal(null)): Kinds['end'] => ({ kind: 'end', value });
export const inside = <T extends NodeSpec>(parent: string, node: T): T => ({ ...node, parent });

/** The same plan under other names: every node and edge is called otherwise. */
export function renamedPlan(plan: Plan): { plan: Plan; nodes: Record<NodeId, NodeId>; edges: Record<EdgeId, EdgeId> } {
  const node = (id: NodeId): NodeId => nodeId(`${id}_`);
  const edge = (one: PlanEdge): PlanEdge => ({ ...one, id: edgeId(`${one.id}_`), source: node(one.source), target: node(one.target) });
  const edges: Record<EdgeId, EdgeId> = {};
  const nodes = [...plan.nodes.values()].map((one): PlanNode => {
    for (const { id } of one.incoming) edges[id] = edgeId(`${id}_`);
    const named = {
      ...one,
      id: node(one.id),
      parent: one.parent === null ? null : node(one.parent),
      outputs: new Map([...one.outputs].map(([port, out]) => [port, out.map(edge)])),
      incoming: one.incoming.map(edge),
    };
    return named.kind === 'join' ? { ...named, region: new Set([...named.region].map(node)) } : named;
  });
  return {
    plan: { start: node(plan.start), nodes: new Map(nodes.map((one) => [one.id, one])) },
    nodes: Object.fromEntries([...plan.nodes.keys()].map((id) => [id, node(id)])),
    edges,
  };
}
