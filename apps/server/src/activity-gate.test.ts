import type { Activity, ActivityContext } from '@perdure/activities';
import { expect, test } from 'vitest';
import { createActivityGate } from './activity-gate.ts';

function context(signal: AbortSignal): ActivityContext {
  return { key: 'k', attempt: 1, signal, instanceId: 'i', node: 'n', timeoutMs: null };
}

function counted(): { activity: Activity; runs: () => number } {
  let runs = 0;
  return { runs: () => runs, activity: { name: 'http', run: () => Promise.resolve({ ok: true, output: ++runs }) } };
}

test('an attempt waits for the gate to open', async () => {
  const { activity, runs } = counted();
  const gate = createActivityGate(activity);
  const attempt = gate.activity.run(null, context(new AbortController().signal));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(runs()).toBe(0);
  gate.open();
  expect(await attempt).toEqual({ ok: true, output: 1 });
});

test('behind a closed gate an attempt ends when it is aborted, without having begun', async () => {
  const { activity, runs } = counted();
  const gate = createActivityGate(activity);
  gate.open();
  gate.close();
  const abort = new AbortController();
  const attempt = gate.activity.run(null, context(abort.signal));
  abort.abort();
  expect(await attempt).toMatchObject({ ok: false, failure: { code: 'Canceled' } });
  expect(runs()).toBe(0);
});
