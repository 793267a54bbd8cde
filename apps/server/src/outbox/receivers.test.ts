import { expect, test } from 'vitest';
import { Receivers } from './receivers.ts';

let now = 0;
const fresh = () => {
  now = 0;
  return new Receivers([5, 20], () => now);
};

test('P1 one at a time for a place that is not known or did not take the latest, two for one that did', () => {
  const receivers = fresh();
  expect(receivers.forOthers).toMatchObject({ limit: 32, perPlace: 1 });
  receivers.begin('a');
  expect(receivers.forOthers.rooms.get('a')).toBe(0);
  receivers.end('a');
  receivers.tell('a', 'taken');
  expect(receivers.forAnswering.rooms.get('a')).toBe(2);
  expect(receivers.forOthers.rooms.get('a')).toBe(0);
  receivers.begin('a');
  expect(receivers.forAnswering.rooms.get('a')).toBe(1);
  receivers.begin('a');
  expect(receivers.forAnswering.rooms.get('a')).toBe(0);
  receivers.tell('a', 'refused');
  expect(receivers.forAnswering.rooms.has('a')).toBe(false);
  receivers.end('a');
  expect(receivers.forOthers.rooms.get('a')).toBe(0);
  receivers.end('a');
  // It answered: another may be tried at once.
  expect(receivers.forOthers.rooms.has('a')).toBe(false);
});

test('P2 one that does not answer rests, longer each time in a row, until it answers', () => {
  const receivers = fresh();
  const rests = () => receivers.forOthers.rooms.get('a') === 0;
  receivers.tell('a', 'silent');
  now += 4;
  expect(rests()).toBe(true);
  now += 1;
  expect(rests()).toBe(false);
  for (const _ of [2, 3]) {
    receivers.tell('a', 'silent');
    now += 19;
    expect(rests()).toBe(true);
    now += 1;
    expect(rests()).toBe(false);
  }
  expect(receivers.silentMs('a')).toBe(45);
  receivers.tell('a', 'refused');
  expect(receivers.silentMs('a')).toBe(0);
  expect(rests()).toBe(false);
  receivers.tell('a', 'silent');
  now += 5;
  expect(rests()).toBe(false);
});

test('P3 places that have not answered well leave half of what can be sent at once to those that have', () => {
  const receivers = fresh();
  receivers.tell('good', 'taken');
  for (let n = 0; n < 32; n += 1) receivers.begin(`dead-${n}`);
  expect(receivers.forOthers.limit).toBe(0);
  expect(receivers.forAnswering.limit).toBe(32);
  expect(receivers.forAnswering.rooms.get('good')).toBe(2);
  receivers.end('dead-0');
  expect(receivers.forOthers.limit).toBe(1);
});

test('however many addresses somebody makes up, what is known stays bounded', () => {
  const receivers = fresh();
  for (let n = 0; n < 3_000; n += 1) receivers.tell(`made-up-${n}`, 'silent');
  expect(receivers.forOthers.rooms.size).toBe(1_000);
});
