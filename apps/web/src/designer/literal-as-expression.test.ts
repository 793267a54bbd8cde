import { expect, test } from 'vitest';
import { literalAsExpression } from './literal-as-expression.ts';

test('expressions inside a literal stand as they are', () => {
  expect(literalAsExpression({ id: { expr: 'input.id' }, total: { expr: 'a + b' }, tags: ['x'], none: {} })).toBe(
    ['{', '  "id": input.id,', '  "total": (a + b),', '  "tags": [', '    "x"', '  ],', '  "none": {}', '}'].join('\n'),
  );
  expect(literalAsExpression('text')).toBe('"text"');
  expect(literalAsExpression(undefined)).toBe('');
});
