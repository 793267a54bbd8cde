import type { ExecutionId, InstanceId, StepKey } from './ids.ts';
import { instanceId } from './ids.ts';
import { placeOf } from './step-place.ts';

/**
 * The id of the sub-workflow instance that attempt `attempt` of a step starts: `order-7:ship:1f0c93a24be1d7`.
 * The same for every repetition of a turn. The step's path is folded into a hash because it holds characters that do not
 * belong in addresses (`#`, `[`, `/`) and grows with nesting. [S2]
 */
export function childInstanceId(parent: InstanceId, execution: ExecutionId, step: StepKey, attempt: number): InstanceId {
  return instanceId(`${parent}:${placeOf(step).node}:${hash(`${execution}/${step}/${attempt}`)}`);
}

/** 53 bits of cyrb53 (public domain, by bryc): ids of one parent's children only have to differ from each other. */
function hash(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2_654_435_761);
    low = Math.imul(low ^ unit, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return (4_294_967_296 * (2_097_151 & low) + (high >>> 0)).toString(16).padStart(14, '0');
}
