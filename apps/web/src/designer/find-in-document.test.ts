import { expect, test } from 'vitest';
import { drawDocument } from './draw-document.ts';
import { findInDocument } from './find-in-document.ts';

const document = {
  ...drawDocument(
    {
      start: 'start',
      quote: {
        type: 'http',
        config: {
          method: 'POST',
          url: { expr: '"https://prices.test/" & input.product' },
          headers: { 'X-Product': 'lamp' },
          body: { count: { expr: 'input.count' }, size: 42 },
        },
      },
      ask: {
        type: 'condition',
        title: 'Product dear?',
        config: { cases: [{ key: 'dear', label: 'Dear', when: 'steps.quote.output.price > 1000' }] },
      },
    },
    ['start -> quote', 'quote -> ask'],
  ),
  notes: [
    { id: 'n' as never, text: 'Ask the **product** owner', parent: null, position: { x: 0, y: 0 }, size: { width: 100, height: 100 } },
  ],
};
const found = (typed: string): string[] =>
  findInDocument(document, typed).map(
    ({ at, where, before, found: hit, after }) =>
      `${'node' in at ? `${at.node}.${at.field ?? '-'}` : 'note'} ${where}: ${before}[${hit}]${after}`,
  );

test('finds titles, ids, types, settings, expressions and notes, in the order of the flow', () => {
  expect(found('product')).toEqual([
    'quote.url URL: "https://prices.test/" & input.[product]',
    'quote.headers Headers: X-[Product]',
    'ask. Title: [Product] dear?',
    'note Text: Ask the **[product]** owner',
  ]);
  expect(found('quote')).toEqual([
    'quote. Title: [quote]',
    'quote.- Id: [quote]',
    'ask.cases Cases 1, when: steps.[quote].output.price > 1000',
  ]);
  expect(found('http request')).toEqual(['quote.- Type: [HTTP request]']);
  expect(found('42')).toEqual(['quote.body Body, size: [42]']);
});

test('nothing typed, nothing found', () => {
  expect(found('  ')).toEqual([]);
  expect(found('nowhere to be seen')).toEqual([]);
});
