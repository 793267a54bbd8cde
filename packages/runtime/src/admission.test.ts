import { describe, expect, it } from 'vitest';
import { Admission } from './admission.ts';

const outages: string[] = [];
const admission = (options: { limit?: number; answerWithinMs?: number } = {}) =>
  new Admission({ ...options, onOutage: (reason) => outages.push(reason) });

describe('admission', () => {
  it('B1 refuses what is over the limit at once, and takes more when something is done', async () => {
    const gate = admission({ limit: 2 });
    const lets: (() => void)[] = [];
    const waits = () => gate.run(() => new Promise<{ ok: true }>((done) => lets.push(() => done({ ok: true }))));
    const first = waits();
    const second = waits();
    expect(await waits()).toMatchObject({ ok: false, code: 'unavailable' });
    lets[0]?.();
    expect(await first).toEqual({ ok: true });
    const third = waits();
    lets[1]?.();
    lets[2]?.();
    expect([await second, await third]).toEqual([{ ok: true }, { ok: true }]);
    expect(gate.underway).toBe(0);
    expect(gate.counters.refusedBusy).toBe(1);
  });

  it('B2 answers in time, and keeps the place of what is still underway', async () => {
    const gate = admission({ limit: 1, answerWithinMs: 20 });
    let end = (): void => {};
    expect(await gate.run(() => new Promise<{ ok: true }>((done) => (end = () => done({ ok: true }))))).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('not known'),
    });
    expect(await gate.run(async () => ({ ok: true }))).toMatchObject({ code: 'unavailable' });
    end();
    await new Promise((resume) => setImmediate(resume));
    expect(await gate.run(async () => ({ ok: true }))).toEqual({ ok: true });
  });

  it.each([
    ['a full disk', Object.assign(new Error('could not extend file'), { code: '53100' }), 'space'],
    ['no connection left', Object.assign(new Error('sorry, too many clients already'), { code: '53300' }), 'connections'],
    ['an answer that never came', new Error('Query read timeout'), 'in time'],
    ['a cause', new Error('no', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) }), 'reached'],
    ['several tries', new AggregateError([Object.assign(new Error('no'), { code: 'ECONNREFUSED' })]), 'reached'],
  ])('B3 says why: %s', async (_, error, word) => {
    expect(await admission().run(() => Promise.reject(error))).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(word),
    });
    expect(outages.at(-1)).toContain(word);
  });

  it('B3 a bug stays a bug', async () => {
    const bug = Object.assign(new Error('duplicate key'), { code: '23505' });
    await expect(admission().run(() => Promise.reject(bug))).rejects.toBe(bug);
  });
});
