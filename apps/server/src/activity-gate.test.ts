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
  const gate = createActivityGate();
  const attempt = gate.guard(activity).run(null, context(new AbortController().signal));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(runs()).toBe(0);
  gate.open();
  expect(await attempt).toEqual({ ok: true, output: 1 });
});

test('behind a closed gate an attempt ends when it is aborted, without having begun', async () => {
  const { activity, runs } = counted();
  const gate = createActivityGate();
  gate.open();
  gate.close();
  const abort = new AbortController();
  const attempt = gate.guard(activity).run(null, context(abort.signal));
  abort.abort();
  expect(await attempt).toMatchObject({ ok: false, failure: { code: 'Canceled' } });
  expect(runs()).toBe(0);
});

test('what runs elsewhere waits for the gate, too, until it is aborted', async () => {
  const gate = createActivityGate();
  const passed: string[] = [];
  const abort = new AbortController();
  const waits = gate.pass(new AbortController().signal).then(() => passed.push('opened'));
  const gone = gate.pass(abort.signal).then(() => passed.push('aborted'));
  abort.abort();
  await gone;
  expect(passed).toEqual(['aborted']);
  gate.open();
  await waits;
  expect(passed).toEqual(['aborted', 'opened']);
});
