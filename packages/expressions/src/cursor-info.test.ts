import { expect, test } from 'vitest';
import { callAt, hoverAt } from './cursor-info.ts';
import { findDoubts } from './find-doubts.ts';
import { completeExpression } from './completion.ts';

const sample = {
  input: { amount: 12, customer: { name: 'Ada', 'e-mail': 'a@b.c' }, lines: [{ sku: 'a' }, { price: 3 }] },
  steps: { check: { output: { score: 7 } } },
  vars: { rate: 2 },
  instance: {},
};

/** `|` marks the cursor. */
function call(text: string): [string, number] | null {
  const found = callAt(text.replace('|', ''), text.indexOf('|'));
  return found && [found.builtin.name, found.argument];
}

test.each<[string, [string, number] | null]>([
  ['$substring(|', ['$substring', 0]],
  ['$substring(input.a, |', ['$substring', 1]],
  ['$substring("a, b", $length(|x), 3)', ['$length', 0]],
  ['$substring("a, b", $length(x), |3)', ['$substring', 2]],
  ['$join([1, 2, |], ",")', null],
  ['$mine(|', null],
  ['(1 + |', null],
  ['$sum(a)|', null],
  ['$contains(`a,b(`, |', ['$contains', 1]],
  ['$contains("|', null],
])('signature at %s', (text, expected) => expect(call(text)).toEqual(expected));

test('hovering a name tells what the data holds there, a function what it does', () => {
  expect(hoverAt('input.customer.`e-mail`', 18, sample)).toMatchObject({ kind: 'path', value: 'a@b.c', type: 'text', from: 15, to: 23 });
  expect(hoverAt('1 + input.lines.price', 18, sample)).toMatchObject({ path: ['input', 'lines', 'price'], value: 3 });
  expect(hoverAt('$sum(input.lines.price)', 2, sample)).toMatchObject({ kind: 'function', builtin: { name: '$sum' } });
  expect(hoverAt('input.later', 8, sample, { input: { later: '' } })).toMatchObject({ value: undefined, type: 'text' });
  expect(hoverAt('input.none', 8, sample)).toBeNull();
  expect(hoverAt('"input"', 3, sample)).toBeNull();
});

test.each<[string, string[]]>([
  ['input.amount > 3', []],
  ['input.amuont > 3', ['6-12 unseen input has no amuont in the data at hand. Did you mean amount?']],
  ['inptu.amount', ['0-5 unknown There is no inptu. Did you mean input?']],
  ['check.score', ['0-5 unknown There is no check. Did you mean steps.check.output?']],
  ['steps.chekc.output', ['6-11 unknown No step before this one is called chekc. Did you mean check?']],
  ['steps.check.outptu', ['12-18 unknown steps.check has no outptu in the data at hand. Did you mean output?']],
  ['vars.rat + 1', ['5-8 unknown No step sets rat. Did you mean rate?']],
  ['input.lines[pirce > 3].price', []],
  ['input.lines.(sku & prce)', []],
  ['input.lines.`s ku`', ['12-18 unseen input.lines has no s ku in the data at hand. Did you mean sku?']],
  ['input.amount.anything', []],
  ['instance.anything', []],
  ['$map(input.lines, function($line) { $line.whatever + inptu.x })', ['53-58 unknown There is no inptu. Did you mean input?']],
  ['input.(', []],
])('doubts in %s', (source, expected) => {
  const found = findDoubts(source, sample).map(({ from, to, certainty, message }) => `${from}-${to} ${certainty} ${message}`);
  expect(found).toEqual(expected);
});

test('what only a schema knows is offered with its type and no value; steps that may be missing say so', () => {
  const found = completeExpression('input.', 6, sample, 'workflow', { shape: { input: { amount: 0, later: [''] } } });
  expect(found?.candidates.map(({ label, detail, info }) => [label, detail, info])).toEqual([
    ['amount', 'number', '12'],
    ['customer', 'object', 'name, e-mail'],
    ['lines', 'list of 2', ''],
    ['later', 'list of 1', ''],
  ]);
  const steps = completeExpression('steps.', 6, sample, 'workflow', { uncertain: new Set(['steps.check']) });
  expect(steps?.candidates).toMatchObject([{ label: 'check', mayBeMissing: true }]);
});
