import type { Pin } from './document.ts';
import type { NodeId, PortId } from './ids.ts';
import type { Json } from './json.ts';

/**
 * A check of a workflow, saved with it: what a test run is given, and what must come of it. All of a workflow's scenarios are run before a
 * version is published. How they are run is the server's; here is only the format, its limits and its references to nodes.
 */
export interface Scenario {
  /** Unique in the document. */
  id: string;
  title: string;
  input: Json;
  /** By node; beside the pins of the nodes themselves, before which they go. */
  pins?: Record<NodeId, Pin>;
  /** Raised in this order as soon as the run has begun; each waits until it is asked for. */
  events?: { name: string; data: Json }[];
  /** What human tasks are decided with, by node: each time one opens. */
  decisions?: Record<NodeId, ScenarioDecision>;
  /** Timers and waits before retries are skipped. */
  fastForward: boolean;
  expect: ScenarioExpectation;
}

export interface ScenarioDecision {
  outcome: PortId;
  data?: Json;
}

export interface ScenarioExpectation {
  status: 'Completed' | 'Failed';
  /** Of the whole run: exactly this value, or a JSONata condition over `output` and `input`. */
  output?: { equals: Json } | { condition: string };
  /** Of a run that fails. */
  code?: string;
  /** Nodes that must have been reached. */
  through?: NodeId[];
}

export const maxScenarios = 50;
/** Characters of JSON. */
export const maxScenarioLength = 256 * 1024;

/** Every node a scenario names. */
export function nodesOfScenario({ pins, decisions, expect }: Scenario): NodeId[] {
  // Keys lost their brand in the record.
  return [...Object.keys(pins ?? {}), ...Object.keys(decisions ?? {}), ...(expect.through ?? [])] as NodeId[];
}

/** The scenario under the nodes' new ids. The same scenario when it names none of them. */
export function renameInScenario(scenario: Scenario, renamed: ReadonlyMap<NodeId, NodeId>): Scenario {
  if (!nodesOfScenario(scenario).some((id) => renamed.has(id))) return scenario;
  const as = (id: NodeId): NodeId => renamed.get(id) ?? id;
  const byNode = <Value>(record: Record<NodeId, Value>): Record<NodeId, Value> =>
    Object.fromEntries(Object.entries<Value>(record).map(([id, value]) => [as(id as NodeId), value]));
  const { pins, decisions, expect, ...rest } = scenario;
  return {
    ...rest,
    ...(pins && { pins: byNode(pins) }),
    ...(decisions && { decisions: byNode(decisions) }),
    expect: expect.through ? { ...expect, through: expect.through.map(as) } : expect,
  };
}
