import { expect, test } from 'vitest';
import { evaluateForPreview, type ExpressionScope } from '@perdure/expressions';
import fc from 'fast-check';
import { textWithPath } from './text-with-path.ts';

test.each([
  ['', 0, 0, 'input.id'],
  ['Hello ', 6, 6, '"Hello " & input.id'],
  ['Hello X.', 6, 7, '"Hello " & input.id & "."'],
  [' "quoted"', 0, 0, 'input.id & " \\"quoted\\""'],
])('%j', (text, from, to, expected) => expect(textWithPath(text, from, to, 'input.id')).toBe(expected));

test('it says the text around the value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, at) => {
      const place = at % (text.length + 1);
      const source = textWithPath(text, place, place, 'input.id');
      const scope = { input: { id: 'ID' }, vars: {}, steps: {} } as unknown as ExpressionScope; // the path reads nothing else
      expect(evaluateForPreview(source, scope, { at: 0, seed: '' })).toEqual({
        state: 'value',
        value: `${text.slice(0, place)}ID${text.slice(place)}`,
      });
    }),
  );
});
