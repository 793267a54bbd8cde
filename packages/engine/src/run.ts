import type { JoinNode, Json } from '@perdure/graph';
import { scheduleAnew } from './activity.ts';
import { advanceContainer, exitContainer } from './container.ts';
import { enter } from './enter.ts';
import { finishInstance } from './finish-instance.ts';
import { holdsTokens } from './join-tokens.ts';
import { failInstance, raise } from './raise.ts';
import type { Frame, JoinState } from './state.ts';
import { isFinal } from './status.ts';
import { emit, nodeOf } from './turn.ts';
import type { Steps } from './steps.ts';
import type { Turn } from './turn.ts';

/** Moves tokens until each has been consumed or has opened a step, and ends the frames that have nothing left. [T1, T6, L8] */
export function* run(turn: Turn): Steps<void> {
  for (;;) {
    const work = turn.work[turn.next];
    if (work) {
      turn.next++;
      if (work.type === 'advance') {
        yield* advanceContainer(turn, work.step);
      } else if (work.type === 'again') {
        yield* scheduleAnew(turn, work.step);
      } else if (turn.state.frames.has(work.frame)) {
        yield* enter(turn, work, nodeOf(turn, work.node));
      }
    } else {
      turn.work = [];
      turn.next = 0;
      const [id] = turn.touched;
      if (id === undefined) return;
      turn.touched.delete(id);
      const frame = turn.state.frames.get(id);
      if (frame?.open.size === 0) endFrame(turn, frame);
    }
    if (isFinal(turn.state.status)) return;
    if (turn.events.length > turn.eventLimit) {
      return failInstance(turn, {
        code: 'TurnLimit',
        message: `More than ${turn.eventLimit} history events without a wait. Does a loop never end?`,
      });
    }
  }
}

/** No step is open in the frame and no token moves in it. [T6, T7, J4] */
function endFrame(turn: Turn, frame: Frame): void {
  for (const [node, join] of frame.joins) {
    if (!holdsTokens(join)) continue;
    const joinNode = nodeOf(turn, node);
    if (joinNode.kind === 'join') return raise(turn, frame.id, starved(turn, joinNode, join));
  }
  const output = resultOf(turn, frame);
  if (frame.step === null) return finishInstance(turn, { type: 'ExecutionCompleted', status: 'Completed', output }, { ok: true, output });
  const step = turn.state.steps.get(frame.step);
  if (step?.kind !== 'container') throw new Error(`Frame “${frame.id}” has no container.`);
  emit(turn, { type: 'PassEnded', frame: frame.id, step: step.key, index: frame.index, output });
  if (step.container.type === 'scope') exitContainer(turn, step, nodeOf(turn, step.node), output);
  else turn.work.push({ type: 'advance', step: step.key });
}

/** What the last end gave; of a test run of one step, what the step gave. [T7, P9] */
function resultOf({ state }: Turn, frame: Frame): Json {
  const from = frame.step === null ? state.test?.from : undefined;
  return from?.only ? (frame.outputs.get(from.node) ?? frame.result) : frame.result;
}

function starved(turn: Turn, node: JoinNode, join: JoinState) {
  const missing = node.incoming.filter((edge) => (join.arrived.get(edge.id) ?? 0) <= join.fired);
  const names = [...new Set(missing.map((edge) => `“${nodeOf(turn, edge.source).title}”`))].join(', ');
  const rule = node.needed === node.incoming.length ? `all of ${node.needed}` : `${node.needed} of ${node.incoming.length}`;
  return {
    code: 'JoinStarved',
    message: `“${node.title}” waits for ${rule}, but no token can come any more from ${names}.`,
    node: node.title,
  };
}
