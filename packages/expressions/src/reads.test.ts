import fc from 'fast-check';
import jsonata from 'jsonata';
import type { Json } from '@perdure/graph';
import { expect, test } from 'vitest';
import { analyseExpression } from './analyser.ts';
import type { ExpressionScope } from './evaluation.ts';
import { pruneScope } from './prune-scope.ts';

/** JSONata's answer as JSON text, or that it failed. */
async function answer(source: string, scope: unknown): Promise<string> {
  try {
    const value: unknown = await jsonata(source, { stack: 200, timeout: 1000, sequence: 20_000 }).evaluate(
      JSON.parse(JSON.stringify(scope)),
    );
    return JSON.stringify(value) ?? 'nothing';
  } catch {
    return 'failed';
  }
}

const names = ['a', 'b', 'list'];
const name = fc.constantFrom(...names);
const data = fc.letrec<{ value: Json; object: { [key: string]: Json } }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Json>(1, 2, 0, 'x', 'a', true, null),
    fc.array(tie('object'), { maxLength: 3 }),
    fc.array(fc.constantFrom<Json>(1, 'b', 3), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(name, tie('value'), { maxKeys: 3 }),
}));

const expression = fc.letrec<{ any: string }>((tie) => {
  const any = tie('any');
  const start = fc.constantFrom(
    'input',
    'vars',
    'steps.s.output',
    '$',
    '$$',
    '$x',
    '$i',
    'a',
    '*',
    'input.list',
    '$.input',
    '$$.vars',
    'steps',
  );
  const step = fc.oneof(
    name.map((one) => `.${one}`),
    name.map((one) => `.${one}`),
    fc.constantFrom('.*', '.**', '.%', '[]', '[0]', '.$', '.$string()', '.$keys()', '@$i', '#$i'),
    any.map((filter) => `[${filter}]`),
    any.map((mapped) => `.(${mapped})`),
    any.map((sorted) => `^(${sorted})`),
    fc.tuple(any, any).map(([key, value]) => `.{"k": ${key}, "v": ${value}}`),
    any.map((value) => `{"g": ${value}}`),
  );
  const path = fc.tuple(start, fc.array(step, { maxLength: 4 })).map(([head, steps]) => head + steps.join(''));
  const lambda = any.map((body) => `function($x, $i) { ${body} }`);
  return {
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('1', '"a"', 'true'),
      path,
      path,
      path,
      fc
        .tuple(any, fc.constantFrom('=', '&', '+', 'and', 'or', 'in', '<'), any)
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      fc
        .tuple(fc.constantFrom('map', 'filter', 'sift', 'each', 'reduce', 'sort', 'single'), any, lambda)
        .map(([called, list, body]) => `$${called}(${list}, ${body})`),
      fc
        .tuple(fc.constantFrom('count', 'string', 'keys', 'spread', 'merge', 'reverse', 'exists', 'type', 'clone', 'distinct'), any)
        .map(([called, value]) => `$${called}(${value})`),
      fc.constantFrom('$string()', '$keys()', '$spread()', '$clone()', '$lookup("input")', '$boolean()', '$each(function($v) { $v })'),
      fc.tuple(any, fc.constantFrom('"a"', '"input"', '"vars"')).map(([value, key]) => `$lookup(${value}, ${key})`),
      fc
        .tuple(any, fc.constantFrom('$count', '$string', '$keys()', '$lookup("a")', '|a|{"n": $$.vars}|', '|$|{"n": 1}, "a"|'))
        .map(([value, applied]) => `(${value} ~> ${applied})`),
      fc.tuple(lambda, any).map(([body, value]) => `(${body})(${value})`),
      fc
        .tuple(
          fc.constantFrom('$x', '$f', '$string', '$count'),
          fc.oneof(
            any,
            lambda,
            fc.constantFrom('$lookup', '$string', '$keys', '$lookup(?, "vars")', 'function()<x-:x>{ 1 }', 'function($y)<x-:x>{ $y }'),
          ),
          any,
        )
        .map(([variable, value, rest]) => `(${variable} := ${value}; ${rest})`),
      fc.constantFrom('$f()', '$f("vars")', '$f(input)', '$x("a")', '$count()'),
      fc.tuple(any, any, any).map(([condition, then, otherwise]) => `(${condition} ? ${then} : ${otherwise})`),
      fc.tuple(any, any).map(([left, right]) => `(${left} ?? ${right})`),
      fc.tuple(any, any).map(([key, value]) => `{"k": ${key}, $string(${value}): 1}`),
      fc.array(any, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    ),
  };
}).any;

test('what an expression does not read makes no difference to it', async () => {
  let compared = 0;
  let pruned = 0;
  await fc.assert(
    fc.asyncProperty(expression, data.object, data.object, data.object, async (source, input, vars, output) => {
      const analysis = analyseExpression(source);
      if (!analysis.ok) return;
      const scope: ExpressionScope = {
        input,
        vars,
        steps: { s: { output } },
        item: { a: 1 },
        index: 0,
        instance: { id: 'i', executionId: 'e', workflow: 'w', version: 1, startedAt: '2026-01-01T00:00:00Z' },
      };
      const part = pruneScope(scope, analysis.analysed.expression.reads);
      if (JSON.stringify(part).length === JSON.stringify(scope).length) return;
      pruned++;
      const expected = await answer(source, scope);
      expect(await answer(source, part)).toBe(expected);
      if (expected !== 'failed' && expected !== 'nothing') compared++;
    }),
    { numRuns: Number(process.env['EXPRESSION_RUNS'] ?? 3000) },
  );
  expect(pruned).toBeGreaterThan(300);
  expect(compared).toBeGreaterThan(100);
}, 60_000);
