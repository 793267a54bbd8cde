import type { Json } from '@perdure/graph';
import { describe, expect, it } from 'vitest';
import type { ActivityResult } from './activity-runner.ts';
import { boundedOutcome, outcomeToStore, writtenOutcome } from './activity-outcome.ts';
import { DurablePayloads } from './durable-payloads.ts';

const tenMegabytes = 'x'.repeat(10 * 1024 * 1024);

/** The outcome, and what is kept beside it. */
async function stored(result: ActivityResult) {
  const kept: string[] = [];
  const payloads = new DurablePayloads({
    loadPayload: () => Promise.resolve(null),
    keepPayload: async (_hash, json) => void kept.push(Buffer.from(json).toString()),
  });
  const outcome = await outcomeToStore(await writtenOutcome(boundedOutcome(result), payloads), payloads);
  return { outcome, kept };
}

const failing = (failure: { code: string; message: string; details?: Json }) => stored({ ok: false, failure });

describe('an activity’s outcome', () => {
  it('stands as it is while it is small', async () => {
    expect(await stored({ ok: true, output: { a: 1 } })).toEqual({ outcome: { type: 'CompleteTask', output: { a: 1 } }, kept: [] });
    const failure = { code: 'Http', message: 'no', details: { status: 500 } };
    expect(await failing(failure)).toEqual({ outcome: { type: 'FailTask', failure, retryable: true }, kept: [] });
  });

  it('is referenced over 64 KB, and refused over 10 MB', async () => {
    const output = 'y'.repeat(70_000);
    const { outcome, kept } = await stored({ ok: true, output });
    expect(outcome).toMatchObject({ type: 'CompleteTask', output: { bytes: 70_002 } });
    expect(kept).toEqual([JSON.stringify(output)]);
    expect(await stored({ ok: true, output: tenMegabytes })).toMatchObject({
      outcome: { type: 'FailTask', retryable: false, failure: { code: 'ResultTooLarge' } },
      kept: [],
    });
  });

  it('is mended where Postgres would refuse it, however large', async () => {
    const pad = 'y'.repeat(70_000);
    const odd = { pad, ['a\0']: ['\0', '\uD800'] };
    expect((await stored({ ok: true, output: odd })).kept).toEqual([JSON.stringify({ pad, 'a\uFFFD': ['\uFFFD', '\uFFFD'] })]);
    const fine = { pad, text: '\\u0000 🙂' };
    expect((await stored({ ok: true, output: fine })).kept).toEqual([JSON.stringify(fine)]);
  });

  it('of a long error keeps the beginning here, a quarter of a megabyte beside it, and says what it cut', async () => {
    const { outcome, kept } = await failing({ code: `${tenMegabytes}`, message: tenMegabytes });
    expect(JSON.stringify(outcome).length).toBeLessThan(4_500);
    expect(outcome).toMatchObject({ failure: { message: expect.stringMatching(/^x{4000,} … \[cut: 10485760 characters\]$/) as string } });
    expect(kept).toHaveLength(1);
    expect(JSON.parse(kept[0] ?? '')).toMatch(/^x{262000,} … \[cut: 10485760 characters\]$/);
  });

  it('of large details keeps the beginning of their JSON', async () => {
    const whole = { all: 'z'.repeat(100_000) };
    expect((await failing({ code: 'Large', message: 'm', details: whole })).kept).toEqual([JSON.stringify(whole)]);
    const { outcome, kept } = await failing({ code: 'Huge', message: 'm', details: { all: tenMegabytes } });
    expect(outcome).toMatchObject({ failure: { code: 'Huge', message: 'm', details: { bytes: Buffer.byteLength(kept[0] ?? '') } } });
    expect(kept[0]?.length).toBeLessThan(263_000);
    expect(JSON.parse(kept[0] ?? '')).toMatch(/^\{"all":"x+ … \[cut: 10485770 characters\]$/);
  });

  it('cuts between characters that can be stored', async () => {
    const { outcome } = await failing({ code: 'Smile', message: '🙂'.repeat(3_000) });
    const { message } = (outcome as Extract<typeof outcome, { type: 'FailTask' }>).failure;
    expect(message.isWellFormed()).toBe(true);
  });

  it('is a failure when it is no JSON, not a retry of the storing', async () => {
    const endless: Record<string, Json> = {};
    endless['again'] = endless;
    const failed = { outcome: { type: 'FailTask', retryable: false, failure: { code: 'ResultNotKept' } }, kept: [] };
    expect(await stored({ ok: true, output: endless })).toMatchObject(failed);
    expect(await failing({ code: 'C', message: 'm', details: endless })).toMatchObject(failed);
    // What an activity in plain JavaScript may give.
    expect(await stored(undefined as unknown as ActivityResult)).toMatchObject(failed);
    expect(await failing({ code: 'C', message: { text: 'm' } as unknown as string })).toMatchObject(failed);
  });
});
