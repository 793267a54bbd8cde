import { expect, test } from 'vitest';
import { Portions } from './portions.ts';

function* work(name: string, steps: number, log: string[], stepMs = 0): Generator<undefined, string, undefined> {
  for (let step = 1; step <= steps; step += 1) {
    const until = performance.now() + stepMs;
    while (performance.now() < until);
    log.push(`${name}${step}`);
    yield;
  }
  return name;
}

test('P1 work is finished before the next begins; what frees memory goes first', async () => {
  const portions = new Portions();
  const log: string[] = [];
  const results = await Promise.all([
    portions.run('last', work('a', 2, log, 1)),
    portions.run('last', work('b', 2, log, 1)),
    portions.run('first', work('c', 2, log, 1)),
  ]);
  expect(results).toEqual(['a', 'b', 'c']);
  expect(log).toEqual(['a1', 'a2', 'c1', 'c2', 'b1', 'b2']);
});

test('P2 the event loop comes round between portions', async () => {
  const portions = new Portions();
  const log: string[] = [];
  let rounds = 0;
  const count = (): void => {
    rounds += 1;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  await portions.run('last', work('a', 10, log, 1));
  clearImmediate(next);
  expect(rounds).toBeGreaterThanOrEqual(9);
});

test('work that fails is told so, and the next goes on', async () => {
  const portions = new Portions();
  const failing = (function* (): Generator<undefined, never, undefined> {
    yield;
    throw new Error('broken');
  })();
  const log: string[] = [];
  const after = portions.run('last', work('a', 2, log, 1));
  await expect(portions.run('last', failing)).rejects.toThrow('broken');
  expect(await after).toBe('a');
  expect(await portions.run('last', work('b', 1, log))).toBe('b');
});
