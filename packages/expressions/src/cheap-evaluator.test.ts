import fc from 'fast-check';
import jsonata from 'jsonata';
import type { Json } from '@perdure/graph';
import { describe, expect, test } from 'vitest';
import { analyseExpression } from './analyser.ts';
import { evaluateCheap } from './cheap-evaluator.ts';
import type { ExpressionScope } from './evaluation.ts';

const clock = { at: Date.UTC(2026, 0, 2, 3, 4, 5), seed: 'seed' };

function scopeWith(input: Json, vars: Record<string, Json> = {}): ExpressionScope {
  return {
    input,
    vars,
    steps: { quote: { output: input } },
    instance: { id: 'i', executionId: 'e', workflow: 'w', version: 1, startedAt: '2026-01-01T00:00:00Z' },
  };
}

function cheapNode(source: string) {
  const analysis = analyseExpression(source);
  if (!analysis.ok) throw new Error(`${source}: ${analysis.message}`);
  if (analysis.analysed.cheap === null) throw new Error(`${source} is not cheap`);
  return analysis.analysed.cheap;
}

const cheaply = (source: string, scope: ExpressionScope) => evaluateCheap(cheapNode(source), scope, clock);

/** JSONata's own answer, as JSON: `undefined` stays, sequences become plain lists. */
async function reference(source: string, scope: ExpressionScope): Promise<{ ok: true; value: unknown } | { ok: false; code: string }> {
  try {
    const value = await jsonata(source).evaluate(structuredClone(scope));
    return { ok: true, value: value === undefined ? undefined : JSON.parse(JSON.stringify(value)) };
  } catch (thrown) {
    // JSONata throws plain objects with a code.
    return { ok: false, code: (thrown as { code: string }).code };
  }
}

describe('cheap expressions answer as JSONata does', () => {
  const names = ['a', 'b', 'list', 'deep'];
  const name = fc.constantFrom(...names);
  const scalar = fc.oneof(
    fc.constantFrom<Json>(null, true, false, '', 'x', 'Ärger 😀', ' a  b ', '12', '1e3', 0, 1, -1, 2.5, 0.1, 1e21),
    fc.integer({ min: -5, max: 5 }),
  );
  const data = fc.letrec<{ value: Json; list: Json[]; object: { [key: string]: Json } }>((tie) => ({
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  }));

  const literal = fc.constantFrom('1', '0', '-2', '2.5', '"x"', '""', 'true', 'false', 'null', '"12"', '0.1', '"a"');
  const index = fc.constantFrom('', '', '', '[0]', '[-1]', '[1]', '[0][0]');
  const expression = fc.letrec<{ any: string; path: string }>((tie) => {
    const any = tie('any');
    const start = fc.constantFrom(
      'input',
      'steps.quote.output',
      '$.input',
      '$$.input',
      'vars.v',
      '$x',
      'missing',
      'input.list',
      'input.deep.deep',
    );
    const path = fc
      .tuple(start, index, fc.array(fc.tuple(name, index), { maxLength: 3 }))
      .map(([head, at, rest]) => head + at + rest.map(([step, stepAt]) => `.${step}${stepAt}`).join(''));
    const binary = fc
      .tuple(any, fc.constantFrom('+', '-', '*', '/', '%', '=', '!=', '<', '<=', '>', '>=', '&', 'and', 'or', 'in'), any)
      .map(([left, operator, right]) => `(${left}) ${operator} (${right})`);
    const call = fc
      .tuple(
        fc.constantFrom(
          ...['exists', 'not', 'boolean', 'number', 'string', 'type', 'uppercase', 'lowercase', 'trim', 'length', 'floor', 'ceil', 'round'],
          ...['abs', 'count', 'sum', 'max', 'min', 'average'],
        ),
        any,
      )
      .map(([called, argument]) => `$${called}(${argument})`);
    const textCall = fc
      .tuple(fc.constantFrom('substringBefore', 'substringAfter', 'contains'), any, any)
      .map(([called, text, part]) => `$${called}(${text}, ${part})`);
    const substring = fc
      .tuple(any, fc.integer({ min: -4, max: 4 }), fc.option(fc.integer({ min: -1, max: 4 })))
      .map(([text, from, length]) => `$substring(${text}, ${from}${length === null ? '' : `, ${length}`})`);
    return {
      path,
      any: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        literal,
        tie('path'),
        tie('path'),
        binary,
        binary,
        call,
        textCall,
        substring,
        fc.tuple(any, index, fc.constantFrom('', '.a', '.list[0]')).map(([value, at, rest]) => `(${value})${at}${rest}`),
        any.map((value) => `-(${value})`),
        fc.array(any, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
        fc
          .array(fc.tuple(fc.constantFrom('"a"', '"b"', '"list"', '"7"', 'input.a', 'vars.v'), any), { maxLength: 3 })
          .map((pairs) => `{${pairs.map((pair) => pair.join(': ')).join(', ')}}`),
        fc.tuple(any, any, any).map(([condition, then, otherwise]) => `((${condition}) ? (${then}) : (${otherwise}))`),
        fc.tuple(any, any).map(([condition, then]) => `((${condition}) ? (${then}))`),
        fc.tuple(any, any).map(([left, right]) => `((${left}) ?? (${right}))`),
        fc.tuple(any, any).map(([left, right]) => `((${left}) ?: (${right}))`),
        fc.tuple(any, any).map(([value, rest]) => `($x := (${value}); ${rest})`),
      ),
    };
  }).any;

  test('for generated expressions and data', async () => {
    let answered = 0;
    let total = 0;
    await fc.assert(
      fc.asyncProperty(expression, data.object, data.value, async (source, input, v) => {
        // `$x` counts as a variable only where the expression binds it.
        const bound = `($x := vars.v; ${source})`;
        const scope = scopeWith(input, { v });
        const before = JSON.stringify(scope);
        const cheap = cheaply(bound, scope);
        expect(JSON.stringify(scope)).toBe(before);
        total++;
        if (cheap === null) return; // left to the sandbox
        answered++;
        const expected = await reference(bound, scope);
        if (!expected.ok) expect(cheap.ok).toBe(false);
        else expect(cheap).toEqual({ ok: true, value: expected.value });
      }),
      { numRuns: Number(process.env['EXPRESSION_RUNS'] ?? 2000) },
    );
    expect(answered / total).toBeGreaterThan(0.6);
  }, 60_000);

  test.each([
    ['input.items.price', [1, 2]],
    ['input.one.price', 3],
    ['input.none.price', undefined],
    ['input.nested', [[1, 2], [3]]],
    ['input.nested[0]', [1, 2]],
    ['[input.nested]', [[1, 2], [3]]],
    ['input.items[0].price', 1],
    ['input.items[-1]', { price: 2 }],
    ['input.empty', []],
    ['input.items & "!"', '[{"price":1},{"price":2}]!'],
    ['0.1 + 0.2 & ""', '0.3'],
    ['"a" & missing & "b"', 'ab'],
    ['input.items.price > 1 ', undefined],
    ['missing > 1', undefined],
    ['$not(missing)', undefined],
    ['$count(missing)', 0],
    ['missing = missing', false],
    ['1 in [1, 2]', true],
    ['$round(0.5) & $round(1.5) & $round(2.345, 2)', '022.34'],
    ['($a := 1; ($a := 2; $a) + $a)', 3],
  ])('%s', async (source, value) => {
    const scope = scopeWith({ items: [{ price: 1 }, { price: 2 }], one: { price: 3 }, nested: [[1, 2], [3]], empty: [] });
    const expected = await reference(source, scope);
    const cheap = cheaply(source, scope);
    if (expected.ok) {
      expect(cheap).toEqual({ ok: true, value });
      expect(expected.value).toEqual(value);
    } else {
      expect(cheap).toMatchObject({ ok: false, code: 'Expression' });
    }
  });
});

describe('cheap expressions cannot reach or change anything', () => {
  test('no prototype is reachable', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'length']) {
      expect(cheaply(`input.${name}`, scopeWith({}))).toEqual({ ok: true, value: undefined });
      expect(cheaply(`input.list.${name}`, scopeWith({ list: ['a', 'b'] }))).toEqual({ ok: true, value: undefined });
      expect(cheaply(name, scopeWith({}))).toEqual({ ok: true, value: undefined });
    }
  });

  test('keys that could pass for a payload reference or a prototype are refused', () => {
    for (const key of ['$payload', '__proto__']) {
      expect(cheaply(`{"${key}": 1}`, scopeWith({}))).toMatchObject({ ok: false, code: 'Expression' });
      expect(cheaply(`{"" & input.k: {"a": 1}}`, scopeWith({ k: key }))).toMatchObject({ ok: false });
    }
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });

  test('work over the budget is left to the sandbox', () => {
    expect(cheaply('input.rows.name', scopeWith({ rows: Array.from({ length: 60_000 }, () => ({ name: 'x' })) }))).toBeNull();
    const doubling = Array.from({ length: 40 }, (_, at) => `$v${at + 1} := $v${at} & $v${at}`).join('; ');
    expect(cheaply(`($v0 := "xxxxxxxxxx"; ${doubling}; $v40)`, scopeWith({}))).toBeNull();
    const objects = Array.from({ length: 60 }, (_, at) => `$v${at + 1} := {"a": $v${at}, "b": $v${at}}`).join('; ');
    expect(cheaply(`($v0 := "x"; ${objects}; $v60 = {"a": $v59, "b": $v58})`, scopeWith({}))).not.toBeUndefined();
    expect(cheaply(`($v0 := "x"; ${objects}; $string($v60))`, scopeWith({}))).toBeNull();
    expect(cheaply('1 / input.zero', scopeWith({ zero: 0 }))).toBeNull();
  });
});

describe('the clock of the turn', () => {
  test('$now and $millis are the command’s, $random and $uuid follow its seed', () => {
    expect(cheaply('$now()', scopeWith({}))).toEqual({ ok: true, value: '2026-01-02T03:04:05.000Z' });
    expect(cheaply('$millis()', scopeWith({}))).toEqual({ ok: true, value: clock.at });
    const once = cheaply('[$uuid(), $uuid(), $random()]', scopeWith({}));
    expect(cheaply('[$uuid(), $uuid(), $random()]', scopeWith({}))).toEqual(once);
    expect(evaluateCheap(cheapNode('$uuid()'), scopeWith({}), { ...clock, seed: 'other' })).not.toEqual(cheaply('$uuid()', scopeWith({})));
    const [first, second, random] = once?.ok ? (once.value as [string, string, number]) : ['', '', -1];
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(second).not.toBe(first);
    expect(random).toBeGreaterThanOrEqual(0);
    expect(random).toBeLessThan(1);
  });
});
