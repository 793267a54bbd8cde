import type { Json, PlanNode } from '@perdure/graph';
import { portId } from '@perdure/graph';
import type { OpenStep } from './state.ts';
import { passFrameId } from './step-place.ts';
import { emit, sendTokens } from './turn.ts';
import type { Turn } from './turn.ts';

/** One pass of a container: its frame, and the tokens by which its content is entered. [C1] */
export function startPass(turn: Turn, step: OpenStep & { kind: 'container' }, node: PlanNode, index: number, item?: Json): void {
  const frame = passFrameId(step.key, index);
  const started = { type: 'PassStarted', frame, step: step.key, index } as const;
  emit(turn, item === undefined ? started : { ...started, item });
  sendTokens(turn, frame, node, BODY, step.caughtFrom);
}

const BODY = portId('body');
