import { instanceId } from '@perdure/engine';
import { expect, it } from 'vitest';
import type { Resident } from './resident.ts';
import { Residents } from './residents.ts';

/** Only what Residents looks at. */
function resident(name: string, partition = 0, busy = false): Resident {
  return { id: instanceId(name), partition, busy } as Resident;
}

it('lets the ones idle longest go, and none that has something to do', () => {
  const residents = new Residents(2);
  const [awake, first, second, third] = [resident('awake'), resident('first'), resident('second'), resident('third')];
  const all = [awake, first, second, third];
  for (const one of all) residents.add(one);
  residents.rest(awake);
  residents.rest(first);
  residents.wake(awake);
  residents.rest(second);
  residents.rest(third);
  expect(all.map((one) => residents.holds(one))).toEqual([true, false, true, true]);
});

it('removes this very one, and not who came in its place', () => {
  const residents = new Residents(1);
  const [before, now] = [resident('same'), resident('same')];
  residents.add(before);
  expect(residents.removeAllOf(0)).toEqual([before]);
  residents.add(now);
  expect(residents.remove(before)).toBe(false);
  expect(residents.get(now.id)).toBe(now);
  expect(residents.remove(now)).toBe(true);
  expect(residents.size).toBe(0);
});

it('removes and tells of those of a partition alone', () => {
  const residents = new Residents(1);
  const [here, there] = [resident('here', 1, true), resident('there', 2)];
  for (const one of [here, there]) residents.add(one);
  expect([residents.isAnyBusyIn(new Set([1])), residents.isAnyBusyIn(new Set([2]))]).toEqual([true, false]);
  expect(residents.removeAllOf(1)).toEqual([here]);
  expect([residents.has(here.id), residents.has(there.id)]).toEqual([false, true]);
});
