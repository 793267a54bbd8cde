import { expect, test } from 'vitest';
import type { Json } from '@perdure/graph';
import { rootRow } from './data-rows.ts';

const open = (value: Json | undefined, shape?: Json) =>
  rootRow({ path: 'input', value, shape, mayBeMissing: false })
    .children()
    .map(({ label, path, type, value: shown }) => [label, path, type, shown]);

test('names that need it are quoted, in the way each needs', () => {
  expect(open({ 'e-mail': 'a', and: 1, plain: null, 'a`b': 2 })).toEqual([
    ['e-mail', 'input.`e-mail`', 'text', '"a"'],
    ['and', 'input.`and`', 'number', '1'],
    ['plain', 'input.plain', 'null', 'null'],
    ['a`b', '$lookup(input, "a`b")', 'number', '2'],
  ]);
});

test('a list offers its first item, its last and every item', () => {
  const rows = rootRow({ path: 'input.lines', value: [{ sku: 'a' }, { price: 3 }], shape: undefined, mayBeMissing: false }).children();
  expect(rows.map(({ label, path }) => [label, path])).toEqual([
    ['first item', 'input.lines[0]'],
    ['last item', 'input.lines[-1]'],
    ['every item', 'input.lines'],
  ]);
  expect(rows[0]?.children().map(({ path }) => path)).toEqual(['input.lines[0].sku']);
  expect(rows[2]?.children().map(({ path }) => path)).toEqual(['input.lines.sku', 'input.lines.price']);
});

test('what only the schema knows has a type and no value', () => {
  expect(open({ amount: 3 }, { amount: 0, later: '' })).toEqual([
    ['amount', 'input.amount', 'number', '3'],
    ['later', 'input.later', 'text', ''],
  ]);
  expect(open({}, { later: '' })).toEqual([['later', 'input.later', 'text', '']]);
  expect(rootRow({ path: 'input', value: undefined, shape: undefined, mayBeMissing: false }).hasChildren).toBe(false);
});
