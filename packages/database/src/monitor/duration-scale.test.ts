import { expect, test } from 'vitest';
import { percentileOf, stepFloorMs } from './duration-scale.ts';

test('a percentile lies on the step where so many have been passed', () => {
  const steps = [
    { step: 20, instances: 90 },
    { step: 4, instances: 10 },
  ];
  expect(percentileOf(steps, 0.05)).toBeGreaterThanOrEqual(stepFloorMs(4));
  expect(percentileOf(steps, 0.05)).toBeLessThan(stepFloorMs(5));
  expect(percentileOf(steps, 0.95)).toBeGreaterThan(stepFloorMs(20));
  expect(percentileOf(steps, 0.95)).toBeLessThan(stepFloorMs(21));
  expect(percentileOf([], 0.5)).toBeNull();
});
