import jsonata from 'jsonata';
import { describe, expect, test } from 'vitest';
import { builtinFunctions } from './builtin-functions.ts';
import { completeExpression } from './completion.ts';
import { evaluateForPreview } from './preview.ts';

const sample = {
  input: { customer: { name: 'Ada', 'e-mail': 'a@b.c' }, amount: 12, items: [{ sku: 'a' }, { sku: 'b', price: 3 }] },
  vars: { rate: 2 },
  steps: { quote: { output: { price: 5 } } },
  instance: { id: 'i', executionId: 'e', workflow: 'w', version: 1, startedAt: '2026-01-01T00:00:00Z' },
};

/** `|` marks the cursor. */
function labels(text: string): string[] | null {
  const cursor = text.indexOf('|');
  return completeExpression(text.replace('|', ''), cursor, sample)?.candidates.map((candidate) => candidate.label) ?? null;
}

describe('completion', () => {
  test.each<[string, string[] | null]>([
    ['|', ['input', 'vars', 'steps', 'instance']],
    ['inp|', ['input']],
    ['input.|', ['customer', 'amount', 'items']],
    ['input.am|', ['amount']],
    ['1 + input.|', ['customer', 'amount', 'items']],
    ['input.items.|', ['sku', 'price']],
    ['input.items[0].|', ['sku', 'price']],
    ['input.items[price > vars.rate].p|', ['price']],
    ['input.items[price > vars.|]', ['rate']],
    ['$count(input.|)', ['customer', 'amount', 'items']],
    ['$.input.customer.|', ['name', 'e-mail']],
    ['input.customer.`e-|', ['e-mail']],
    ['`input`.am|', ['amount']],
    ['steps.quote.|', ['output']],
    ['steps.quote.output.|', ['price']],
    ['input.amount > 3 and v|', ['vars']],
    ['input.nothing.|', null],
    ['input.amount.|', null],
    ['"input.|"', null],
    ["'it\\'s input.|", null],
    ['/* input.| */', null],
    ['1|', null],
    ['input.customer |', null],
    ['$cou|', ['$count']],
    ['($total := 1; $tot|', ['$total']],
    ['upp|', ['$uppercase']],
  ])('%s', (text, expected) => {
    expect(labels(text)).toEqual(expected);
  });

  test('candidates say what they are and what they replace', () => {
    expect(completeExpression('input.cust', 8, sample)).toEqual({
      from: 6,
      to: 10,
      candidates: [{ label: 'customer', insert: 'customer', kind: 'name', detail: 'object', info: 'name, e-mail' }],
    });
    expect(completeExpression('input.customer.', 15, sample)?.candidates[1]).toEqual({
      label: 'e-mail',
      insert: '`e-mail`',
      kind: 'name',
      detail: 'text',
      info: '"a@b.c"',
    });
    expect(completeExpression('$uu', 3, sample)?.candidates[0]).toMatchObject({ insert: '$uuid()', kind: 'function', detail: '$uuid()' });
  });

  test('every documented function exists, and $eval is not among them', async () => {
    for (const { name } of builtinFunctions) {
      if (name === '$uuid') continue; // ours
      expect(await jsonata(`$type(${name})`).evaluate({})).toBe('function');
    }
    expect(builtinFunctions.map((builtin) => builtin.name)).not.toContain('$eval');
    expect(new Set(builtinFunctions.map((builtin) => builtin.name)).size).toBe(builtinFunctions.length);
  });
});

test('the preview evaluates what is cheap and leaves the rest to the server', () => {
  const scope = { ...sample, instance: sample.instance };
  const clock = { at: 0, seed: '' };
  expect(evaluateForPreview('input.amount * vars.rate', scope, clock)).toEqual({ state: 'value', value: 24 });
  expect(evaluateForPreview('input.customer * 2', scope, clock)).toMatchObject({ state: 'failed' });
  expect(evaluateForPreview('input.', scope, clock)).toMatchObject({ state: 'invalid' });
  expect(evaluateForPreview('input.items[price > 1]', scope, clock)).toEqual({ state: 'server' });
});
