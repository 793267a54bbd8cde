import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startRounds } from './rounds.ts';

const never = 2 ** 31 - 1;

/** Rounds that end when they are told to. */
function held(options: { everyMs?: number; atOnce?: boolean } = {}) {
  const open: PromiseWithResolvers<void>[] = [];
  const troubles: unknown[] = [];
  let begun = 0;
  const rounds = startRounds({
    everyMs: never,
    ...options,
    round: () => {
      begun += 1;
      const one = Promise.withResolvers<void>();
      open.push(one);
      return one.promise;
    },
    onTrouble: (thrown) => troubles.push(thrown),
  });
  return { rounds, troubles, begun: () => begun, end: () => open.shift()?.resolve(), fail: (error: Error) => open.shift()?.reject(error) };
}

test('the first round is later, unless it is to be at once', async () => {
  const later = held();
  const atOnce = held({ atOnce: true });
  expect([later.begun(), atOnce.begun()]).toEqual([0, 1]);
  atOnce.end();
  await Promise.all([later.rounds.stop(), atOnce.rounds.stop()]);
});

test('a nudge begins a round; while one is underway, one more follows it, however often it was nudged', async () => {
  const { rounds, begun, end } = held();
  rounds.nudge();
  rounds.nudge();
  rounds.nudge();
  expect(begun()).toBe(1);
  end();
  await nextTurn();
  expect(begun()).toBe(2);
  end();
  await nextTurn();
  expect(begun()).toBe(2);
  await rounds.stop();
});

test('a round that fails is told of, and another one follows', async () => {
  const { rounds, troubles, begun, end, fail } = held({ everyMs: 0, atOnce: true });
  const error = new Error('the database is away');
  fail(error);
  while (begun() < 2) await nextTurn();
  expect(troubles).toEqual([error]);
  end();
  await rounds.stop();
});

test('to stop waits for the round that is underway, and none begins after it', async () => {
  const { rounds, begun, end } = held({ everyMs: 0, atOnce: true });
  rounds.nudge();
  let isStopped = false;
  const stopped = rounds.stop().then(() => (isStopped = true));
  await nextTurn();
  expect(isStopped).toBe(false);
  end();
  await stopped;
  rounds.nudge();
  await nextTurn();
  expect(begun()).toBe(1);
});
