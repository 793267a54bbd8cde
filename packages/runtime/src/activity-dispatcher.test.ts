import { executionId, instanceId, stepKey } from '@perdure/engine';
import { describe, expect, it } from 'vitest';
import { ActivityDispatcher } from './activity-dispatcher.ts';
import { ActivityRunner, AttemptAbort, type ActivityJob, type ActivityResult } from './activity-runner.ts';

const job = (step: string, attempt = 1): ActivityJob => ({
  instanceId: instanceId('i'),
  executionId: executionId('x'),
  step: stepKey(step),
  attempt,
  releases: 0,
  again: false,
  activity: 'work',
  node: 'work',
  input: null,
  timeoutMs: null,
});

/** Attempts wait until they are let go, by key and in order. */
function dispatcher(concurrency: number, mayBegin: () => boolean = () => true) {
  const begun: string[] = [];
  const reported: string[] = [];
  const gates: (() => void)[] = [];
  const activity = {
    name: 'work',
    run: (_input: unknown, { key, attempt }: { key: string; attempt: number }) => {
      begun.push(`${key} ${attempt}`);
      return new Promise<ActivityResult>((resolve) => gates.push(() => resolve({ ok: true, output: null })));
    },
  };
  const runner = new ActivityRunner({ activities: new Map([['work', activity]]), loadInput: async (input) => input });
  const made = new ActivityDispatcher({
    runner,
    concurrency,
    mayBegin,
    report: (done) => reported.push(`${done.step} ${done.attempt}`),
  });
  const letGo = async (): Promise<void> => {
    gates.shift()?.();
    await new Promise((resume) => setImmediate(resume));
  };
  return { made, begun, reported, letGo, settle: () => new Promise((resume) => setImmediate(resume)) };
}

describe('ActivityDispatcher', () => {
  it('A1 runs an attempt once that was aborted while it waited and handed in again', async () => {
    const { made, begun, reported, letGo, settle } = dispatcher(2);
    made.run(job('first'));
    made.run(job('second'));
    made.run(job('b'));
    made.abort(instanceId('i'), stepKey('b'));
    made.run(job('b'));
    made.run(job('b'));
    await settle();
    expect(begun).toEqual(['i/x/first 1', 'i/x/second 1']);
    for (let i = 0; i < 5; i += 1) await letGo();
    expect(begun).toEqual(['i/x/first 1', 'i/x/second 1', 'i/x/b 1']);
    expect(reported).toEqual(['first 1', 'second 1', 'b 1']);
    expect(made.size).toBe(0);
  });

  it('begins nothing while nothing may begin, and then whatever was not aborted meanwhile', async () => {
    let may = true;
    const { made, begun, reported, letGo, settle } = dispatcher(1, () => may);
    made.run(job('a'));
    made.run(job('b'));
    await settle();
    may = false;
    await letGo();
    made.run(job('c'));
    made.run(job('d'));
    made.abort(instanceId('i'), stepKey('c'));
    await settle();
    expect(begun).toEqual(['i/x/a 1']);
    expect(reported).toEqual(['a 1']);
    may = true;
    made.proceed();
    for (let i = 0; i < 3; i += 1) await letGo();
    expect(begun).toEqual(['i/x/a 1', 'i/x/b 1', 'i/x/d 1']);
    expect(made.size).toBe(0);
  });

  it('A1 an attempt that runs and is handed in again goes on, and reports once', async () => {
    const { made, begun, reported, letGo, settle } = dispatcher(2);
    made.run(job('a#1'));
    await settle();
    made.run(job('a#1'));
    await settle();
    expect(begun).toEqual(['i/x/a#1 1']);
    await letGo();
    await letGo();
    expect(reported).toEqual(['a#1 1']);
  });

  it('A1 a later attempt that replaces a waiting one runs once', async () => {
    const { made, begun, letGo } = dispatcher(2);
    made.run(job('first'));
    made.run(job('second'));
    made.run(job('b'));
    made.run(job('b', 2));
    for (let i = 0; i < 5; i += 1) await letGo();
    expect(begun).toEqual(['i/x/first 1', 'i/x/second 1', 'i/x/b 2']);
  });

  it('A2 reports nothing of an attempt that was aborted', async () => {
    const { made, begun, reported, letGo, settle } = dispatcher(2);
    made.run(job('a'));
    await settle();
    made.abortWhere((id) => id === 'i');
    await letGo();
    expect(begun).toHaveLength(1);
    expect(reported).toEqual([]);
  });

  it('A3 an activity that throws, and one that nobody knows, fail their attempt', async () => {
    const runner = new ActivityRunner({
      activities: new Map([['work', { name: 'work', run: () => Promise.reject(new Error('broken')) }]]),
      loadInput: async (input) => input,
    });
    expect(await runner.attempt(job('a'), new AttemptAbort())).toMatchObject({
      outcome: { type: 'FailTask', failure: { code: 'ActivityError', message: 'broken' } },
    });
    // Has no text.
    const odd = { name: 'work', run: () => Promise.reject(Object.create(null) as Error) };
    const oddRunner = new ActivityRunner({ activities: new Map([['work', odd]]), loadInput: async (input) => input });
    expect(await oddRunner.attempt(job('a'), new AttemptAbort())).toMatchObject({ outcome: { failure: { code: 'ActivityError' } } });
    expect(await runner.attempt({ ...job('a'), activity: 'other' }, new AttemptAbort())).toMatchObject({
      outcome: { type: 'FailTask', retryable: false, failure: { code: 'UnknownActivity' } },
    });
  });
});
