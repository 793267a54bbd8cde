import type { Json, NodeId, Pin } from '@perdure/graph';

/**
 * What makes an instance a test run. It is part of its first event, so that the history of a test run is whole by itself: neither the pins of
 * the draft nor the run whose data it began with are looked at again. [P1]
 */
export interface TestRun {
  /** Nodes that give this in the place of being executed, in every frame. [P2] */
  pins: Record<NodeId, Pin>;
  /** Timer nodes and waits before a retry are over at once. [P5] */
  fastForward: boolean;
  /** What would do something outside fails unless it is pinned. [P10] */
  pinnedOnly?: true;
  /** Where it begins. Absent: at the start. [P7] */
  from?: Beginning;
}

export interface Beginning {
  /** At the top level. */
  node: NodeId;
  /** Nothing after the step. [P9] */
  only: boolean;
  /** Of earlier steps. */
  outputs: Record<NodeId, Json>;
  vars: Record<string, Json>;
}
