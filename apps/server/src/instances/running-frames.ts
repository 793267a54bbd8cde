import { evolve, isFinal, type Frame, type InstanceState, type OpenStep } from '@perdure/engine';
import type { PortId, RunningFrame } from '@perdure/graph';
import { portId } from '@perdure/graph';

/**
 * What of an instance is open or waits, frame by frame, outer ones first, as a migration has to place it. Of a failed one, what a rewind would
 * open again: the state is taken there.
 */
export function runningFrames(state: InstanceState, at: number): RunningFrame[] {
  const tokens = state.status === 'Failed' ? [...(state.fallen?.tokens ?? [])] : [];
  if (state.status === 'Failed' && state.fallen) evolve(state, { seq: state.seq + 1, at, type: 'ExecutionRewound', reason: '', by: '' });
  if (isFinal(state.status)) return [];
  return [...state.frames.values()].map((frame) => ({
    container: frame.node,
    open: [...frame.open].flatMap((key) => {
      const step = state.steps.get(key);
      return step ? [{ node: step.node, ports: portsOf(step) }] : [];
    }),
    moving: [...tokens.filter((token) => token.frame === frame.id).map(({ node, via }) => ({ node, via })), ...deferredIn(state, frame)],
    joins: [...frame.joins].map(([node, join]) => ({ node, fired: join.fired, arrived: [...join.arrived] })),
  }));
}

/** While suspended a closed step's token has not left yet: it stands at its node. */
function deferredIn({ deferred }: InstanceState, frame: Frame): RunningFrame['moving'] {
  return deferred.flatMap((work) =>
    (work.type === 'leave' || work.type === 'fail') && work.frame === frame.id ? [{ node: work.node, via: null }] : [],
  );
}

/** By which the step may be left whatever its node says by then: the outcomes its task shows, the timer that runs for it. */
function portsOf(step: OpenStep): PortId[] {
  if (step.kind === 'humanTask') return step.task.outcomes.map(({ port }) => port);
  return step.kind === 'event' && step.deadlineAt !== null ? [portId('timeout')] : [];
}
