import type { CompiledExpression, Json, PayloadRef } from '@perdure/graph';
import { afterAll, describe, expect, test } from 'vitest';
import { analyseExpression } from './analyser.ts';
import type { ExpressionScope } from './evaluation.ts';
import { createEvaluator, type PayloadStore, type Sandbox } from './evaluator.ts';
import { createSandbox } from './sandbox.ts';

const clock = { at: 0, seed: 'seed' };
const sandbox = createSandbox();
afterAll(() => sandbox.close());

const noSandbox: Sandbox = { evaluate: () => Promise.reject(new Error('The sandbox is not expected here')) };

/** A payload store in memory that notes what is loaded. */
function memoryPayloads(content: Record<string, Json> = {}) {
  const kept = new Map(Object.entries(content));
  const loads: string[] = [];
  const store: PayloadStore = {
    load(ref) {
      loads.push(ref.$payload);
      return Promise.resolve(kept.get(ref.$payload)!);
    },
    keep(value) {
      const name = `kept${kept.size}`;
      kept.set(name, value);
      return Promise.resolve({ $payload: name, bytes: JSON.stringify(value).length });
    },
  };
  return { store, loads, kept };
}

const ref = (name: string, bytes = 70_000): PayloadRef => ({ $payload: name, bytes });

function scopeWith(steps: Record<string, Json>, input: Json = {}): ExpressionScope {
  return {
    input,
    vars: {},
    steps: Object.fromEntries(Object.entries(steps).map(([name, output]) => [name, { output }])),
    instance: { id: 'i', executionId: 'e', workflow: 'w', version: 1, startedAt: '2026-01-01T00:00:00Z' },
  };
}

function compiled(source: string): CompiledExpression {
  const analysis = analyseExpression(source);
  if (!analysis.ok) throw new Error(analysis.message);
  return analysis.analysed.expression;
}

describe('cheap expressions', () => {
  test('over values at hand answer without a promise', () => {
    const evaluator = createEvaluator({ sandbox: noSandbox, payloads: memoryPayloads().store });
    expect(evaluator.evaluate(compiled('steps.a.output.n + 1'), scopeWith({ a: { n: 1 } }), clock)).toEqual({ ok: true, value: 2 });
    expect(evaluator.evaluate(compiled('steps.b.output.n'), scopeWith({}), clock)).toEqual({ ok: true, value: undefined });
    expect(evaluator.evaluate(compiled('"a" + 1'), scopeWith({}), clock)).toMatchObject({ ok: false, code: 'Expression' });
  });

  test('pass a reference on where they do not look inside, without a promise', () => {
    const { store, loads } = memoryPayloads();
    const evaluator = createEvaluator({ sandbox: noSandbox, payloads: store });
    const scope = scopeWith({ big: ref('p'), box: { doc: ref('q'), name: 'n' } });
    for (const [source, value] of [
      ['steps.big.output', ref('p')],
      ['{"doc": steps.box.output.doc, "n": steps.box.output.name}', { doc: ref('q'), n: 'n' }],
      ['steps.box.output', { doc: ref('q'), name: 'n' }],
      ['steps.box.output.name = "n" ? steps.big.output : null', ref('p')],
    ] as const) {
      expect(evaluator.evaluate(compiled(source), scope, clock)).toEqual({ ok: true, value });
    }
    expect(loads).toEqual([]);
  });

  test.each<[string, Json | undefined]>([
    ['steps.big.output.total', 7],
    ['steps.big.output.rows[0].n', 1],
    ['$count(steps.big.output.rows)', 2],
    ['steps.big.output = steps.big.output', true],
    ['[steps.list.output]', [1, 2]],
    ['$exists(steps.big.output.`$payload`)', false],
    ['steps.many.output.items.doc', ['one', 'two', 'three']],
    ['steps.nested.output.inner.n', 5],
    ['($d := steps.big.output; $d.total)', 7],
  ])('load what they look inside: %s', async (source, value) => {
    const { store } = memoryPayloads({
      big: { total: 7, rows: [{ n: 1 }, { n: 2 }] },
      list: [1, 2],
      docs: ['one', 'two'],
      outer: { inner: ref('inner') },
      inner: { n: 5 },
    });
    const evaluator = createEvaluator({ sandbox: noSandbox, payloads: store });
    const scope = scopeWith({
      big: ref('big'),
      list: ref('list'),
      many: { items: [{ doc: ref('docs') }, { doc: 'three' }] },
      nested: ref('outer'),
    });
    const before = JSON.stringify(scope);
    expect(await evaluator.evaluate(compiled(source), scope, clock)).toEqual({ ok: true, value });
    expect(JSON.stringify(scope)).toBe(before);
  });

  test('load a payload once, and not more than 16 MB', async () => {
    const { store, loads } = memoryPayloads({ p: { a: 1, b: 2 } });
    const evaluator = createEvaluator({ sandbox: noSandbox, payloads: store });
    expect(
      await evaluator.evaluate(compiled('steps.x.output.a + steps.y.output.b'), scopeWith({ x: ref('p'), y: ref('p') }), clock),
    ).toEqual({ ok: true, value: 3 });
    expect(loads).toEqual(['p']);
    const huge = scopeWith({ x: ref('p', 9e6), y: ref('q', 9e6) });
    expect(await evaluator.evaluate(compiled('steps.x.output.a + steps.y.output.b'), huge, clock)).toMatchObject({
      ok: false,
      code: 'ExpressionTooLarge',
    });
    expect(loads).toEqual(['p']);
  });
});

describe('results', () => {
  test('over 64 KB are kept aside, smaller ones come back as they are', async () => {
    const { store, kept } = memoryPayloads();
    const evaluator = createEvaluator({ sandbox: noSandbox, payloads: store });
    const text = 'x'.repeat(40_000);
    expect(evaluator.evaluate(compiled('input.t'), scopeWith({}, { t: text }), clock)).toEqual({ ok: true, value: text });
    const large = await evaluator.evaluate(compiled('input.t & input.t'), scopeWith({}, { t: text }), clock);
    expect(large).toEqual({ ok: true, value: { $payload: 'kept0', bytes: 80_002 } });
    expect(kept.get('kept0')).toBe(text + text);
    expect(evaluator.keep('small')).toBe('small');
    expect(await evaluator.load(ref('kept0'))).toBe(text + text);
    expect(evaluator.load('plain')).toBe('plain');
  });
});

test('results nested too deeply are refused', async () => {
  const evaluator = createEvaluator({ sandbox: noSandbox, payloads: memoryPayloads().store });
  let deep: Json = 1;
  for (let level = 0; level < 99; level++) deep = [deep];
  expect(evaluator.evaluate(compiled('{"a": input}'), scopeWith({}, deep), clock)).toMatchObject({ ok: true });
  expect(evaluator.evaluate(compiled('{"a": {"a": input}}'), scopeWith({}, deep), clock)).toMatchObject({
    ok: false,
    code: 'ExpressionTooLarge',
  });
});

describe('the sandbox', () => {
  test('gets what the expression reads, with all references loaded', async () => {
    const { store } = memoryPayloads({ rows: [{ n: 1 }, { n: 2 }, { n: 3 }] });
    const seen: unknown[] = [];
    const spy: Sandbox = {
      evaluate(source, scope, at) {
        seen.push(scope);
        return sandbox.evaluate(source, scope, at);
      },
    };
    const evaluator = createEvaluator({ sandbox: spy, payloads: store });
    const scope = scopeWith({ big: { rows: ref('rows'), other: 'unread' }, unread: { a: 1 } }, { least: 1 });
    expect(await evaluator.evaluate(compiled('steps.big.output.rows[n > $$.input.least].n'), scope, clock)).toEqual({
      ok: true,
      value: [2, 3],
    });
    expect(seen).toEqual([{ steps: { big: { output: { rows: [{ n: 1 }, { n: 2 }, { n: 3 }] } } }, input: { least: 1 } }]);
  });

  test('takes over where the cheap evaluator does not answer', async () => {
    const { store } = memoryPayloads({ p: ['a'] });
    const evaluator = createEvaluator({ sandbox, payloads: store });
    const rows = Array.from({ length: 40_000 }, (_, n) => ({ n }));
    const result = await evaluator.evaluate(
      compiled('{"sum": $sum(input.rows.n), "doc": steps.p.output}'),
      scopeWith({ p: ref('p') }, { rows }),
      clock,
    );
    expect(result).toEqual({ ok: true, value: { sum: 799980000, doc: ['a'] } });
    expect(await evaluator.evaluate(compiled('$uppercase(5)'), scopeWith({}), clock)).toEqual({
      ok: false,
      code: 'Expression',
      message: 'Argument 1 of $uppercase cannot be the number 5.',
    });
  });
});
