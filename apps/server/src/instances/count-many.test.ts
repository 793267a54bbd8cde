import type { Database } from '@perdure/database';
import type { InstanceCount } from '@perdure/database/read';
import { describe, expect, it } from 'vitest';
import { countMany } from './count-many.ts';

const database = (): Database => ({}) as Database; // only its identity is asked for

function counter(answers: InstanceCount[]) {
  let asked = 0;
  return { count: () => Promise.resolve(answers[asked++] ?? { value: 0, exact: true }), asked: () => asked };
}

describe('countMany', () => {
  it('counts again what is exact, every time', async () => {
    const of = database();
    const { count, asked } = counter([
      { value: 3, exact: true },
      { value: 4, exact: true },
    ]);
    expect(await countMany(of, { tags: ['eu'] }, count)).toEqual({ value: 3, exact: true });
    expect(await countMany(of, { tags: ['eu'] }, count)).toEqual({ value: 4, exact: true });
    expect(asked()).toBe(2);
  });

  it('believes for ten seconds that many are many, and then counts', async () => {
    const of = database();
    let now = 0;
    const { count, asked } = counter([
      { value: 10_000, exact: false },
      { value: 7, exact: true },
      { value: 8, exact: true },
    ]);
    const ask = () => countMany(of, { tags: ['eu'] }, count, () => now);
    expect(await ask()).toEqual({ value: 10_000, exact: false });
    now = 9_999;
    expect(await ask()).toEqual({ value: 10_000, exact: false });
    expect(asked()).toBe(1);
    now = 10_000;
    expect(await ask()).toEqual({ value: 7, exact: true });
    expect(await ask()).toEqual({ value: 8, exact: true });
  });

  it('tells filters, and databases, apart: what somebody may see is part of the filter', async () => {
    const [one, other] = [database(), database()];
    const many = { value: 10_000, exact: false };
    const few = { value: 1, exact: true };
    await countMany(one, {}, counter([many]).count);
    expect(await countMany(one, { workflowKeys: ['care'] }, counter([few]).count)).toEqual(few);
    expect(await countMany(other, {}, counter([few]).count)).toEqual(few);
    expect(await countMany(one, {}, counter([few]).count)).toEqual(many);
  });
});
