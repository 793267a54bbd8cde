import { nodeId } from '@perdure/graph';
import type { NodeId } from '@perdure/graph';
import type { FrameId, StepKey } from './ids.ts';
import { frameId, stepKey } from './ids.ts';

export const ROOT_FRAME: FrameId = frameId('');

/** Where a step is, read from its key: `for_each#1[12]/reserve#2` is visit 2 of `reserve` in frame `for_each#1[12]/`. */
export function placeOf(step: StepKey): { frame: FrameId; node: NodeId; visit: number } {
  const slash = step.lastIndexOf('/') + 1;
  const hash = step.lastIndexOf('#');
  return { frame: frameId(step.slice(0, slash)), node: nodeId(step.slice(slash, hash)), visit: Number(step.slice(hash + 1)) };
}

export function stepKeyOf(frame: FrameId, node: NodeId, visit: number): StepKey {
  return stepKey(`${frame}${node}#${visit}`);
}

/** The frame of item or pass `index` of a container step. */
export function passFrameId(container: StepKey, index: number): FrameId {
  return frameId(`${container}[${index}]/`);
}
