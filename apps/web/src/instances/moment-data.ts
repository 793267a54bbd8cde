import type { InstanceState, InstanceStatus, OpenStep, StepKey } from '@perdure/engine';
import type { Json, NodeId } from '@perdure/graph';

/** What an instance held after one event: its variables, and where its tokens were. */
export interface MomentData {
  seq: number;
  status: InstanceStatus;
  vars: Record<string, Json>;
  customStatus: Json;
  tokens: TokenPlace[];
  /** Events that came before anybody waited for them. */
  buffered: { name: string; count: number }[];
}

export interface TokenPlace {
  node: NodeId;
  frame: string;
  /** Null: it waits at a join. */
  step: StepKey | null;
  kind: OpenStep['kind'] | 'join';
  waits: boolean;
}

/** More than this are not listed one by one. */
const MOST_TOKENS = 500;

export function momentData(state: InstanceState): MomentData {
  const tokens: TokenPlace[] = [];
  for (const step of state.steps.values()) {
    if (tokens.length >= MOST_TOKENS) break;
    // A token inside a container stands at the step inside, not at the container.
    if (step.kind === 'container' && step.passes.size > 0) continue;
    const waits = step.kind !== 'activity' || step.phase !== 'scheduled';
    tokens.push({ node: step.node, frame: step.frame, step: step.key, kind: step.kind, waits });
  }
  for (const frame of state.frames.values())
    for (const [node, { arrived, fired }] of frame.joins)
      for (const count of arrived.values())
        if (count > fired && tokens.length < MOST_TOKENS) tokens.push({ node, frame: frame.id, step: null, kind: 'join', waits: true });
  return {
    seq: state.seq,
    status: state.status,
    vars: { ...state.vars },
    customStatus: state.customStatus,
    tokens,
    buffered: [...state.buffered].map(([name, queue]) => ({ name, count: queue.length })),
  };
}
