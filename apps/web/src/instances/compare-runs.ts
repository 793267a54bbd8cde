import {
  indexGraph,
  standardCatalogue,
  type EdgeId,
  type Json,
  type NodeId,
  type Port,
  type PortId,
  type WorkflowDocument,
} from '@perdure/graph';
import type { StepFold, StepRecord } from './fold-steps.ts';

/*
 * Two runs side by side, node by node. Pure.
 *
 * 1. Nodes are the same when their ids are, also in different versions of the workflow.
 * 2. Visits are the same when their step keys are: the same visit of the same item. What differs in a visit is how it ended: reached or not,
 *    its status, the port it was left by. Data that differ do not make paths diverge; the condition they lead to does.
 * 3. The first divergence is the first such visit in the order of the first run; of what only the second has, the first in its order.
 */

export interface RunOfTwo {
  document: WorkflowDocument;
  steps: StepFold;
  now: number;
}

export interface NodeComparison {
  node: NodeId;
  title: string;
  type: string;
  /** Null: the version has no such node. */
  one: NodeOfRun | null;
  other: NodeOfRun | null;
  differences: Difference[];
}

export interface NodeOfRun {
  visits: number;
  /** The last visit; null: it was not reached. */
  last: StepRecord | null;
  /** Of all visits together. */
  lengthMs: number;
  attempts: number;
  ports: PortId[];
  /** What these ports are called on the canvas. */
  ways: string[];
}

export type Difference = 'only one version' | 'reached' | 'status' | 'path' | 'visits' | 'attempts' | 'input' | 'output';

export interface RunComparison {
  nodes: NodeComparison[];
  /** Where the two stop being the same. */
  divergence: { node: NodeId; one: StepRecord | null; other: StepRecord | null } | null;
  /** Edges that only one of the two took. */
  onlyOne: ReadonlySet<EdgeId>;
  onlyOther: ReadonlySet<EdgeId>;
}

export function compareRuns(one: RunOfTwo, other: RunOfTwo): RunComparison {
  const [labelsOne, labelsOther] = [indexGraph(one.document, standardCatalogue).ports, indexGraph(other.document, standardCatalogue).ports];
  const nodes = nodesOfBoth(one.document, other.document).map(({ id, title, type }): NodeComparison => {
    const [left, right] = [nodeOfRun(one, id, labelsOne.get(id)), nodeOfRun(other, id, labelsOther.get(id))];
    return { node: id, title, type, one: left, other: right, differences: differencesOf(left, right) };
  });
  const divergence = firstDivergence(one.steps, other.steps);
  const [takenOne, takenOther] = [edgesTaken(one.steps), edgesTaken(other.steps)];
  return {
    nodes: inOrderOfRuns(nodes),
    divergence,
    onlyOne: new Set([...takenOne].filter((edge) => !takenOther.has(edge))),
    onlyOther: new Set([...takenOther].filter((edge) => !takenOne.has(edge))),
  };
}

function nodesOfBoth(one: WorkflowDocument, other: WorkflowDocument): { id: NodeId; title: string; type: string }[] {
  const known = new Set(one.nodes.map(({ id }) => id));
  return [...one.nodes, ...other.nodes.filter(({ id }) => !known.has(id))];
}

function nodeOfRun({ document, steps, now }: RunOfTwo, id: NodeId, drawn: readonly Port[] = []): NodeOfRun | null {
  if (!document.nodes.some((node) => node.id === id)) return null;
  const records = steps.byNode.get(steps.nodeNow(id)) ?? [];
  let lengthMs = 0;
  let attempts = 0;
  const ports = new Set<PortId>();
  for (const record of records) {
    lengthMs += Math.max(0, (record.closedAt ?? now) - record.openedAt);
    attempts += record.attempts.length;
    if (record.port !== null) ports.add(record.port);
  }
  const left = [...ports].sort();
  return {
    visits: records.length,
    last: records.at(-1) ?? null,
    lengthMs,
    attempts,
    ports: left,
    ways: left.map((port) => drawn.find(({ id: known }) => known === port)?.label || port),
  };
}

function differencesOf(one: NodeOfRun | null, other: NodeOfRun | null): Difference[] {
  if (one === null || other === null) return ['only one version'];
  if (one.last === null || other.last === null) return one.last === other.last ? [] : ['reached'];
  const found: Difference[] = [];
  if (one.last.status !== other.last.status) found.push('status');
  if (one.ports.join() !== other.ports.join()) found.push('path');
  if (one.visits !== other.visits) found.push('visits');
  if (one.attempts !== other.attempts) found.push('attempts');
  if (differs(one.last.input, other.last.input)) found.push('input');
  if (differs(one.last.output, other.last.output)) found.push('output');
  return found;
}

function firstDivergence(one: StepFold, other: StepFold): RunComparison['divergence'] {
  const missing = (from: StepFold, to: StepFold) => inOrder(from).find((step) => !isSame(step, to.steps.get(step.key)));
  const left = missing(one, other);
  if (left) return { node: left.node, one: left, other: other.steps.get(left.key) ?? null };
  const right = missing(other, one);
  return right ? { node: right.node, one: null, other: right } : null;
}

function isSame(step: StepRecord, other: StepRecord | undefined): boolean {
  return other !== undefined && step.status === other.status && step.port === other.port;
}

function inOrder(steps: StepFold): StepRecord[] {
  return [...steps.steps.values()].sort((a, b) => a.openedSeq - b.openedSeq);
}

/** Reached ones in the order of the run that reached them; what neither reached stands last. */
function inOrderOfRuns(nodes: NodeComparison[]): NodeComparison[] {
  const place = ({ one, other }: NodeComparison): number => firstSeq(one) ?? firstSeq(other) ?? Infinity;
  return nodes.toSorted((a, b) => place(a) - place(b) || 0);
}

function firstSeq(node: NodeOfRun | null): number | undefined {
  return node?.last?.openedSeq;
}

function edgesTaken(steps: StepFold): Set<EdgeId> {
  const taken = new Set<EdgeId>();
  for (const { via } of steps.steps.values()) if (via !== null) taken.add(via);
  return taken;
}

/** Large values of a lean history are compared by their size. */
function differs(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(sizeOnly(one)) !== JSON.stringify(sizeOnly(other));
}

function sizeOnly(value: Json | undefined): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || typeof value['$omitted'] !== 'number') return value;
  return { $omitted: value['$omitted'] };
}
