import type { ExecutionId, InstanceId, StepKey } from './ids.ts';
import { instanceId } from './ids.ts';
import { placeOf } from './step-place.ts';

/**
 * The id of the sub-workflow instance that attempt `attempt` of a step starts: `order-7:ship:1f0c93a24be1d75b`.
 * The same for every repetition of a turn. The step's path is folded into a hash because it holds characters that do not
 * belong in addresses (`#`, `[`, `/`) and grows with nesting. [S2]
 */
export function childInstanceId(parent: InstanceId, execution: ExecutionId, step: StepKey, attempt: number): InstanceId {
  return instanceId(`${parent}:${placeOf(step).node}:${hash(`${execution}/${step}/${attempt}`)}`);
}

/** FNV-1a forwards and backwards, 64 bits in all: ids of one parent's children only have to differ from each other. */
function hash(text: string): string {
  let forwards = 0x811c9dc5;
  let backwards = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    forwards = Math.imul(forwards ^ text.charCodeAt(index), 0x01000193);
    backwards = Math.imul(backwards ^ text.charCodeAt(text.length - 1 - index), 0x01000193);
  }
  return [forwards, backwards].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
