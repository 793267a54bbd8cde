import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { Json } from '@perdure/graph';
import { analyseExpression } from './analyser.ts';
import { evaluateCheap } from './cheap-evaluator.ts';
import type { ExpressionScope } from './evaluation.ts';
import { createSandbox, SandboxUnavailable } from './sandbox.ts';

const clock = { at: Date.UTC(2026, 0, 2, 3, 4, 5), seed: 'seed' };
const sandbox = createSandbox();
afterAll(() => sandbox.close());

function scopeWith(input: Json): ExpressionScope {
  return {
    input,
    vars: {},
    steps: {},
    instance: { id: 'i', executionId: 'e', workflow: 'w', version: 1, startedAt: '2026-01-01T00:00:00Z' },
  };
}

const evaluate = (source: string, input: Json = null) => sandbox.evaluate(source, scopeWith(input), clock);

describe('the sandbox evaluates JSONata', () => {
  test.each<[string, Json | undefined]>([
    ['input.items[price > 1].name', 'b'],
    ['input.items^(>price).name', ['b', 'a']],
    ['$map(input.items, function($i) { $i.price * 2 })', [2, 4]],
    ['$sum(input.items.price)', 3],
    ['input.nothing', undefined],
    ['$match("ab12", /[0-9]+/).match', '12'],
    ['$replace("a-b-c", /-([a-z])/, "$1$1")', 'abbcc'],
    ['$split("a1b22c", /[0-9]+/)', ['a', 'b', 'c']],
    ['$contains("Hello", /^h/i)', true],
    ['$match("ab", /^a|b/).match', ['a', 'b']],
    ['$match("x1", /([a-z])(z)?([0-9])/).groups', ['x', null, '1']],
    ['$pad("x", 5, "#")', 'x####'],
    ['$pad("x", -5, "ab")', 'ababx'],
    ['$pad("x", 3.9)', 'x  '],
    ['$now("[Y0001]-[M01]-[D01]")', '2026-01-02'],
    ['$uppercase', undefined],
    ['[1..5]', [1, 2, 3, 4, 5]],
  ])('%s', async (source, value) => {
    const items = [
      { name: 'a', price: 1 },
      { name: 'b', price: 2 },
    ];
    expect(await evaluate(source, { items })).toEqual({ ok: true, value });
  });

  test('errors are explained', async () => {
    expect(await evaluate('input[0] + 1', { a: 1 })).toEqual({
      ok: false,
      code: 'Expression',
      message: 'The left side of + must be a number, but it is an object.',
    });
    expect(await evaluate('$assert(false, "must be paid")')).toMatchObject({ ok: false, code: 'Expression', message: 'must be paid' });
    expect(await evaluate('1 / 0')).toMatchObject({ ok: false, code: 'Expression', message: expect.stringContaining('division by zero') });
  });

  test('time and chance belong to the turn, as in the cheap evaluator', async () => {
    for (const source of ['$now()', '$millis()', '$random()', '$uuid()', '{"a": $uuid(), "n": 1}', '$uuid() & $uuid() & $random()']) {
      const analysis = analyseExpression(source);
      const cheap = analysis.ok && analysis.analysed.cheap && evaluateCheap(analysis.analysed.cheap, scopeWith(null), clock);
      expect(await evaluate(source)).toEqual(cheap);
      expect(await evaluate(source)).toEqual(cheap);
    }
    const shuffled = await evaluate('$shuffle([1..20])');
    expect(await evaluate('$shuffle([1..20])')).toEqual(shuffled);
  });

  test('nothing of one evaluation is seen by the next', async () => {
    await evaluate('$leak := input', 'secret');
    expect(await evaluate('$leak')).toEqual({ ok: true, value: undefined });
    expect(await evaluate('input.constructor.constructor("return 1")()', {})).toEqual({ ok: true, value: undefined });
  });
});

describe('no expression blocks or exhausts', () => {
  test.each<[string, string, string]>([
    ['endless tail recursion', '($f := function() { $f() }; $f())', 'ExpressionTimeout'],
    ['endless recursion', '($f := function($n) { 1 + $f($n + 1) }; $f(0))', 'Expression'],
    ['padding', '$pad("x", 1e8)', 'ExpressionTooLarge'],
    ['a huge range', '[1..9999999]', 'ExpressionTooLarge'],
    ['ranges in ranges', '[1..200000].[1..200000]', 'ExpressionTimeout'],
    ['a loop over loops', '$reduce([1..200000], function($a, $b) { $sum([1..200000]) + $a })', 'ExpressionTimeout'],
    ['a growing text', '($f := function($t) { $f($t & $t) }; $f("xxxxxxxxxx"))', 'ExpressionTooLarge'],
    ['a growing list', '($f := function($t) { $f($append($t, $t)) }; $f([1..1000]))', 'ExpressionTooLarge'],
    ['a huge result', '$map([1..60], function($n) { $pad("x", 100000) })', 'ExpressionTooLarge'],
    ['a forged payload reference', '$merge([{"$" & "payload": "abc"}, {"bytes": 1}])', 'Expression'],
    ['eval', '$eval("1")', 'Expression'],
  ])('%s', async (_name, source, code) => {
    const started = performance.now();
    expect(await evaluate(source)).toMatchObject({ ok: false, code });
    expect(performance.now() - started).toBeLessThan(3000);
    expect(await evaluate('1 + 1')).toEqual({ ok: true, value: 2 });
  });

  test('a pattern that backtracks elsewhere is linear here', async () => {
    const started = performance.now();
    expect(await evaluate('$contains(input, /^(a+)+$/)', `${'a'.repeat(5000)}!`)).toEqual({ ok: true, value: false });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('what blocks the child’s only thread is killed by the parent, which stays responsive', async () => {
    // One builtin call that never yields: JSONata's own timeout cannot fire.
    const source = '$formatInteger($length($join($map([1..2000], function() { $pad("x", 90000) }))), "0")';
    const before = sandbox.pids();
    let ticks = 0;
    const ticker = setInterval(() => ticks++, 10);
    const result = await evaluate(source);
    clearInterval(ticker);
    expect(result).toMatchObject({ ok: false });
    expect(ticks).toBeGreaterThan(3);
    expect(await evaluate('2')).toEqual({ ok: true, value: 2 });
    expect(sandbox.pids()).not.toEqual(before);
  });

  test('JSONata without these guards does block: the reason for the child', async () => {
    const { default: jsonata } = await import('jsonata');
    const started = performance.now();
    // A tenth of the known case, with a timeout of 50 ms that never fires in time.
    await jsonata('$pad("x", 1e7)', { timeout: 50 })
      .evaluate(null)
      .catch(() => undefined);
    expect(performance.now() - started).toBeGreaterThan(50);
  });
});

test.runIf(process.platform === 'linux')('a child has no environment, and no permissions beyond its own sources', () => {
  for (const pid of sandbox.pids()) {
    expect(
      readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .filter((entry) => entry !== '' && !entry.startsWith('NODE_CHANNEL_')),
    ).toEqual([]);
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    expect(args).toContain('--permission');
    expect(args.filter((argument) => argument.startsWith('--allow') && !argument.startsWith('--allow-fs-read='))).toEqual([]);
    expect(args).not.toContain('--allow-fs-read=*');
  }
  expect(sandbox.pids()).toHaveLength(1);
});

describe('the pool', () => {
  test('queues, runs several children, and refuses over the limit', async () => {
    const pool = createSandbox({ size: 2, queueLimit: 20 });
    try {
      expect(pool.pids()).toEqual([]);
      const answers = await Promise.all(Array.from({ length: 15 }, (_, n) => pool.evaluate(`${n} ~> $string`, scopeWith(null), clock)));
      expect(answers).toEqual(Array.from({ length: 15 }, (_, n) => ({ ok: true, value: String(n) })));
      expect(pool.pids()).toHaveLength(2);
      const flood = await Promise.allSettled(Array.from({ length: 40 }, () => pool.evaluate('1', scopeWith(null), clock)));
      expect(flood.filter((one) => one.status === 'rejected').length).toBeGreaterThan(0);
      expect(flood.filter((one) => one.status === 'fulfilled').length).toBeGreaterThanOrEqual(20);
    } finally {
      await pool.close();
    }
    await expect(pool.evaluate('1', scopeWith(null), clock)).rejects.toThrow(/closed/);
  });

  test('a child killed from outside is replaced and the evaluation repeated', async () => {
    const pool = createSandbox({ budgetMs: 2000 });
    try {
      await pool.evaluate('1', scopeWith(null), clock);
      const [pid] = pool.pids();
      const answer = pool.evaluate('$sum($map([1..3000], function($n) { $n }))', scopeWith(null), clock);
      process.kill(pid!, 'SIGKILL');
      expect(await answer).toEqual({ ok: true, value: 4501500 });
      expect(pool.pids()).not.toContain(pid);
    } finally {
      await pool.close();
    }
  });

  test('closing refuses what is under way and leaves no process', async () => {
    const pool = createSandbox();
    const answer = pool.evaluate('($f := function() { $f() }; $f())', scopeWith(null), clock);
    const outcome = answer.catch((error: unknown) => error);
    const pids = pool.pids();
    await pool.close();
    expect(await outcome).toBeInstanceOf(SandboxUnavailable);
    expect(pids).toHaveLength(1);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
  });
});
