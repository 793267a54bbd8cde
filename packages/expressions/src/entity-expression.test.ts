import { describe, expect, it, test } from 'vitest';
import type { Json } from '@perdure/graph';
import { analyseExpression, expressionAnalyser } from './analyser.ts';
import { evaluateCheap } from './cheap-evaluator.ts';
import { completeExpression } from './completion.ts';
import type { EntityScope } from './evaluation.ts';
import { createEvaluator } from './evaluator.ts';
import { createSandbox } from './sandbox.ts';

const clock = { at: 0, seed: 's' };
const scope: EntityScope = { state: { balance: 10, big: [3, 1, 2] }, input: 4, entity: { name: 'account', key: 'ann' } };

describe('expressions of an entity', () => {
  it.each<[string, string[], string[][]]>([
    ['state.balance + input', [], [['input'], ['state', 'balance']]],
    [
      'before.balance - state.balance',
      [],
      [
        ['before', 'balance'],
        ['state', 'balance'],
      ],
    ],
    ['entity.key & vars.x', ['vars'], [['entity', 'key']]],
    ['steps.a.output', ['steps'], []],
    ['$', [], [['before'], ['entity'], ['input'], ['state']]],
  ])('%s reads what an entity has', (source, unknownNames, reads) => {
    const analysis = expressionAnalyser.analyse(source, 'entity');
    expect(analysis).toMatchObject({ ok: true, unknownNames, expression: { subject: 'entity' } });
    expect(analysis.ok && analysis.expression.reads.toSorted((a, b) => (a.join() < b.join() ? -1 : 1))).toEqual(reads);
  });

  test('a workflow has no state', () => {
    expect(expressionAnalyser.analyse('state.balance')).toMatchObject({ unknownNames: ['state'], expression: { reads: [] } });
  });

  test('completion offers its names', () => {
    const labels = (source: string) =>
      completeExpression(source, source.length, { ...scope }, 'entity')?.candidates.map(({ label }) => label);
    expect(labels('st')).toContain('state');
    expect(labels('state.')).toEqual(['balance', 'big']);
    expect(completeExpression('sta', 3, { ...scope })?.candidates.map(({ label }) => label) ?? []).not.toContain('state');
  });

  test('evaluated here and in the sandbox alike', async () => {
    const sandbox = createSandbox({ size: 1 });
    const evaluator = createEvaluator({
      sandbox,
      payloads: { load: () => Promise.reject(new Error('none')), keep: () => Promise.reject(new Error('none')) },
    });
    const run = async (source: string): Promise<Json | undefined> => {
      const analysis = expressionAnalyser.analyse(source, 'entity');
      if (!analysis.ok) return analysis.message;
      const evaluation = await evaluator.evaluate(analysis.expression, scope, clock);
      return evaluation.ok ? evaluation.value : `${evaluation.code}: ${evaluation.message}`;
    };
    try {
      expect(await run('{ "balance": state.balance - input }')).toEqual({ balance: 6 });
      expect(await run('$sort(state.big)')).toEqual([1, 2, 3]);
      expect(await run('[$map(state.big, function($n) { $n + input })]')).toEqual([7, 5, 6]);
      expect(await run('state.balance > 99 ? 1 : $error("Insufficient: only " & state.balance)')).toBe('Expression: Insufficient: only 10');
      expect(await run('$sort([2, 1])[0] = 1 ? $error("Insufficient: only " & $string(state.balance))')).toBe(
        'Expression: Insufficient: only 10',
      );
    } finally {
      await sandbox.close();
    }
  });
});

it.each([
  ['$error("Declined: no")', 'Declined: no'],
  ['$error()', '$error() function evaluated'],
  ['$error(nothing)', '$error() function evaluated'],
])('%s fails within the turn', (source, message) => {
  const analysis = analyseExpression(source);
  const node = analysis.ok ? analysis.analysed.cheap : null;
  expect(node && evaluateCheap(node, scope, clock)).toEqual({ ok: false, code: 'Expression', message });
});
