import { bodyPort } from './catalogue/node-type.ts';
import type { GraphNode } from './document.ts';
import { isExpression } from './document.ts';
import { containersAround } from './expression-reads.ts';
import { type FrameGraph, reach } from './frame-graph.ts';
import { type GraphIndex, nameOf } from './graph-index.ts';
import type { NodeId } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import type { Problem } from './problem.ts';

/**
 * The rules of critical sections (scopes that lock entities), as far as a drawing tells: no section and no sub-workflow inside, calls only to
 * what is locked, signals only to others, no entity called twice at the same time. Keys are mostly computed, so what is not proven here is
 * checked again when it runs. Configs are read loosely: they may not fit their schemas yet.
 */
export function checkCriticalSections(index: GraphIndex, frameOf: (container: NodeId | null) => FrameGraph): Problem[] {
  const problems: Problem[] = [];
  const calls = new Map<NodeId, Call[]>();
  for (const node of index.document.nodes) {
    const section = node.disabled ? undefined : sectionAround(index, node.id);
    if (!section) continue;
    const name = nameOf(index, node.id);
    const outer = nameOf(index, section.id);
    if (isSection(node)) {
      problems.push({
        code: 'section.nested',
        severity: 'error',
        title: 'Critical section inside another',
        detail: `${name} locks entities inside ${outer}, which has locked some already: two such sections could wait for each other for ever. Lock all of them in ${outer}.`,
        node: node.id,
        field: 'locks',
      });
    } else if (node.type === 'subWorkflow') {
      problems.push({
        code: 'section.sub-workflow',
        severity: 'error',
        title: 'Sub-workflow in a critical section',
        detail: `${name} starts a workflow inside ${outer}, whose entities would be locked until it ends, and for it as well. Start it before or after.`,
        node: node.id,
      });
    } else if (node.type === 'entity') {
      const problem = operationProblem(index, node, section);
      if (problem) problems.push(problem);
      else if (node.config.mode !== 'signal') {
        const target = targetOf(node.config);
        if (target) calls.set(section.id, [...(calls.get(section.id) ?? []), { node: node.id, target }]);
      }
    }
  }
  for (const [section, inside] of calls) problems.push(...parallelCalls(index, section, inside, frameOf));
  return problems;
}

interface Call {
  node: NodeId;
  /** Equal texts are the same entity for sure. */
  target: string;
}

function isSection(node: GraphNode | undefined): boolean {
  return node?.type === 'scope' && !node.disabled && Array.isArray(node.config.locks) && node.config.locks.length > 0;
}

/** The nearest one; undefined also inside anything disabled, which never runs. */
function sectionAround(index: GraphIndex, id: NodeId): GraphNode | undefined {
  const around = containersAround(index, id).map((container) => index.nodes.get(container));
  return around.some((container) => container?.disabled) ? undefined : around.find(isSection);
}

function operationProblem(index: GraphIndex, node: GraphNode, section: GraphNode): Problem | undefined {
  const { entity, key, mode } = node.config;
  if (typeof entity !== 'string' || entity === '') return undefined;
  const locks = locksOf(section);
  const ofType = locks.filter((lock) => lock.entity === entity);
  const literal = literalKeys(key);
  const name = nameOf(index, node.id);
  if (mode === 'signal') {
    const isLocked = literal !== undefined && ofType.some((lock) => literalKeys(lock.key)?.includes(literal[0]!));
    if (!isLocked) return undefined;
    return {
      code: 'section.signal-locked',
      severity: 'error',
      title: 'Signal to a locked entity',
      detail: `${name} signals ${entity}@${literal[0]}, which ${nameOf(index, section.id)} has locked: it would wait until the section is left. Call it instead.`,
      node: node.id,
      field: 'mode',
    };
  }
  const couldBe = ofType.some((lock) => {
    const keys = literalKeys(lock.key);
    return keys === undefined || literal === undefined || keys.includes(literal[0]!);
  });
  if (couldBe) return undefined;
  return {
    code: 'section.not-locked',
    severity: 'error',
    title: 'Entity is not locked',
    detail: `${name} calls ${literal === undefined ? entity : `${entity}@${literal[0]}`}, which ${nameOf(index, section.id)} does not lock. Inside a critical section only locked entities can be called: add it to the locks.`,
    node: node.id,
    field: 'entity',
  };
}

function locksOf(section: GraphNode): { entity: Json | undefined; key: Json | undefined }[] {
  const { locks } = section.config;
  if (!Array.isArray(locks)) return [];
  return locks
    .filter((lock): lock is JsonObject => typeof lock === 'object' && lock !== null && !Array.isArray(lock))
    .map(({ entity, key }) => ({ entity, key }));
}

/** The keys a literal stands for; undefined when only running can tell. */
function literalKeys(key: Json | undefined): string[] | undefined {
  const keys = Array.isArray(key) ? key : [key];
  return keys.every((one) => typeof one === 'string' || typeof one === 'number') ? keys.map(String) : undefined;
}

/** The same literal key, or the same expression, which gives the same key wherever it reads the same data. */
function targetOf({ entity, key }: JsonObject): string | undefined {
  if (typeof entity !== 'string') return undefined;
  const literal = literalKeys(key);
  if (literal) return `${entity}@${literal[0]}`;
  return isExpression(key) && !/\b(?:item|index|steps)\b|\$(?:random|uuid)\b/.test(key.expr) ? `${entity} ${key.expr.trim()}` : undefined;
}

function parallelCalls(
  index: GraphIndex,
  section: NodeId,
  calls: readonly Call[],
  frameOf: (container: NodeId | null) => FrameGraph,
): Problem[] {
  const problems: Problem[] = [];
  const byTarget = Map.groupBy(calls, ({ target }) => target);
  for (const all of byTarget.values()) {
    // Each pair costs a walk through its frame.
    const group = all.slice(0, mostCompared);
    for (const [at, { node }] of group.entries()) {
      const repeated = containersAround(index, node).find((container) => isParallel(index, container, section));
      const twin =
        repeated === undefined ? group.slice(at + 1).find((other) => canRunTogether(index, node, other.node, frameOf)) : undefined;
      if (repeated === undefined && !twin) continue;
      problems.push({
        code: 'section.parallel-call',
        severity: 'warning',
        title: 'Calls at the same time',
        detail: twin
          ? `${nameOf(index, node)} and ${nameOf(index, twin.node)} may call the same entity at the same time; the second call would fail. Put one after the other.`
          : `The items of ${nameOf(index, repeated!)} run at the same time and call the same entity in ${nameOf(index, node)}; all but the first would fail. Run one after the other.`,
        node,
      });
    }
  }
  return problems;
}

const mostCompared = 40;

/** A for each inside the section that runs several items at once. */
function isParallel(index: GraphIndex, container: NodeId, section: NodeId): boolean {
  const node = index.nodes.get(container);
  return (
    node?.type === 'forEach' &&
    node.config.mode !== 'sequential' &&
    node.config.concurrency !== 1 &&
    containersAround(index, container).includes(section)
  );
}

/** Neither comes before the other, and a split leads to both by different edges of one port. */
function canRunTogether(index: GraphIndex, a: NodeId, b: NodeId, frameOf: (container: NodeId | null) => FrameGraph): boolean {
  const place = commonFrame(index, a, b);
  if (!place) return false;
  const { successors, numberOf } = frameOf(place.frame);
  const from = numberOf.get(place.a)!;
  const to = numberOf.get(place.b)!;
  if (reach(successors, from)[to] || reach(successors, to)[from]) return false;
  const splits = [...(index.outgoing.get(place.frame!)?.get(bodyPort.id) ?? [])];
  const ports = splits.length > 1 ? [splits] : [];
  for (const id of numberOf.keys()) {
    for (const [port, edges] of index.outgoing.get(id) ?? []) if (port !== bodyPort.id && edges.length > 1) ports.push([...edges]);
  }
  return ports.some((edges) => {
    const reaches = edges.map(({ target }) => {
      const first = numberOf.get(target)!;
      return reach(successors, first).fill(1, first, first + 1);
    });
    const toA = reaches.flatMap((reached, edge) => (reached[from] ? [edge] : []));
    const toB = reaches.flatMap((reached, edge) => (reached[to] ? [edge] : []));
    return toA.some((edge) => toB.some((other) => other !== edge));
  });
}

/** The innermost frame that holds both, and the nodes through which they sit in it. */
function commonFrame(index: GraphIndex, a: NodeId, b: NodeId): { frame: NodeId | null; a: NodeId; b: NodeId } | undefined {
  const pathOf = (id: NodeId) => [id, ...containersAround(index, id)];
  const ofB = pathOf(b);
  for (const inA of pathOf(a)) {
    const frame = index.nodes.get(inA)?.parent ?? null;
    const inB = ofB.find((id) => (index.nodes.get(id)?.parent ?? null) === frame);
    if (inB !== undefined) return inA === inB ? undefined : { frame, a: inA, b: inB };
  }
  return undefined;
}
