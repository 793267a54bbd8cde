/** The scale of duration_stat: a step is a factor of the square root of two, the first begins at a millisecond (count-durations.sql). */
export function stepFloorMs(step: number): number {
  return 2 ** (step / 2);
}

/** The duration that `share` of the instances did not exceed, by how many there are on each step; null without any. */
export function percentileOf(steps: readonly { step: number; instances: number }[], share: number): number | null {
  const sorted = steps.filter(({ instances }) => instances > 0).sort((a, b) => a.step - b.step);
  const total = sorted.reduce((sum, { instances }) => sum + instances, 0);
  let left = total * share;
  for (const { step, instances } of sorted) {
    // Within a step they are taken to be spread evenly on the scale.
    if (left <= instances) return stepFloorMs(step + left / instances);
    left -= instances;
  }
  return null;
}
