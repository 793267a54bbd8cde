import { expect, it } from 'vitest';
import { DatabaseClock } from './database-clock.ts';

const hour = 3_600_000;

it('does not believe a measurement that took long while it has a better one', () => {
  const clock = new DatabaseClock();
  const local = Date.now();
  clock.measured(local + hour, local - 5, local + 5);
  // Four seconds between question and answer: the database answered at the beginning of them.
  clock.measured(local + hour - 4_000, local - 4_000, local);
  expect(clock.now()).toBeGreaterThanOrEqual(local + hour);
});

it('takes what it gets while it knows nothing, and a good measurement always', () => {
  const clock = new DatabaseClock();
  const local = Date.now();
  clock.measured(local + hour, local - 4_000, local);
  expect(clock.now()).toBeGreaterThanOrEqual(local + hour);
  clock.measured(local + 2 * hour, local - 50, local + 30);
  expect(clock.now()).toBeGreaterThanOrEqual(local + 2 * hour);
});
