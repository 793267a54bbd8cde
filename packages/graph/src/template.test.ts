import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from './json.ts';
import { fillTemplate, placeholdersOf, type TemplateParameter, templateValueProblems } from './template.ts';

const text: TemplateParameter = { key: 'city', label: 'City', help: '', kind: 'text', default: 'Lisbon' };
const number: TemplateParameter = { key: 'limit', label: 'Limit', help: '', kind: 'number', default: 10, min: 0, max: 100 };
const people: TemplateParameter = { key: 'who', label: 'Who', help: '', kind: 'people', default: ['approver'] };
const wait: TemplateParameter = { key: 'wait', label: 'Wait', help: '', kind: 'duration', default: '2d' };
const choice: TemplateParameter = {
  key: 'how',
  label: 'How',
  help: '',
  kind: 'choice',
  default: 'a',
  options: [{ value: 'a', label: 'A' }],
};
const all = [text, number, people, wait, choice];

describe('fillTemplate', () => {
  test('G2 a whole text takes the value with its type, a part of a text its words, a source its JSON', () => {
    const document: Json = {
      title: 'To {{city}} up to {{limit}} for {{who}}',
      limit: '{{limit}}',
      who: '{{who}}',
      value: { expr: 'input.city = {{city}} and input.amount > {{limit}}' },
      nodes: [
        { type: 'condition', title: '{{city}}', config: { cases: [{ key: 'a', label: '{{city}}', when: 'input.city = {{city}}' }] } },
        { type: 'loop', config: { mode: 'until', condition: 'steps.a.output = {{city}}' } },
        { type: 'http', config: { body: { when: '{{city}}', condition: '{{city}}' } } },
      ],
    };
    expect(fillTemplate(document, all, { city: 'Oslo', limit: 3 })).toEqual({
      title: 'To Oslo up to 3 for approver',
      limit: 3,
      who: ['approver'],
      value: { expr: 'input.city = "Oslo" and input.amount > 3' },
      nodes: [
        { type: 'condition', title: 'Oslo', config: { cases: [{ key: 'a', label: 'Oslo', when: 'input.city = "Oslo"' }] } },
        { type: 'loop', config: { mode: 'until', condition: 'steps.a.output = "Oslo"' } },
        { type: 'http', config: { body: { when: 'Oslo', condition: 'Oslo' } } },
      ],
    });
  });

  test('G1 what a value holds is not filled again, and unknown placeholders stay', () => {
    expect(fillTemplate(['{{city}}', 'x {{city}}', '{{nothing}}'], all, { city: '{{limit}}' })).toEqual([
      '{{limit}}',
      'x {{limit}}',
      '{{nothing}}',
    ]);
  });

  test('G2 no text leaves the literal it is written as', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('" & $eval("1") & "', '\\', '`', '*/', '"', '{{city}}', '$&', "$'"),
    );
    fc.assert(
      fc.property(hostile, (value) => {
        const filled = fillTemplate({ expr: 'a & {{city}} & b' }, [text], { city: value }) as { expr: string }; // an object stays one
        expect(filled.expr.startsWith('a & "') && filled.expr.endsWith('" & b')).toBe(true);
        expect(JSON.parse(filled.expr.slice(4, -4))).toBe(value);
        // A text in the place of a value is never taken for an expression.
        expect(fillTemplate({ value: '{{city}}' }, [text], { city: value })).toEqual({ value });
      }),
    );
  });
});

test('placeholdersOf names each once', () => {
  expect(placeholdersOf({ a: '{{x}} {{y}}', b: [{ expr: '{{x}}' }] })).toEqual(['x', 'y']);
});

describe('templateValueProblems', () => {
  test('takes defaults and fitting values', () => {
    expect(templateValueProblems(all, {})).toEqual([]);
    expect(templateValueProblems(all, { city: 'Oslo', limit: 0, who: ['a@example.com'], wait: '5m', how: 'a' })).toEqual([]);
  });

  test.each<[string, Json, string]>([
    ['city', ' ', 'Enter a text.'],
    ['city', 3, 'Enter a text.'],
    ['city', 'x'.repeat(501), 'Use 500 characters at most.'],
    ['limit', '3', 'Enter a number.'],
    ['limit', -1, 'Enter 0 or more.'],
    ['limit', 101, 'Enter 100 or less.'],
    ['who', [], 'Enter at least one person or group.'],
    ['who', 'approver', 'Enter at least one person or group.'],
    ['who', ['a', ''], 'Enter at least one person or group.'],
    ['wait', 'soon', 'Enter a duration such as 30s, 5m, 2h or 1d.'],
    ['how', 'b', 'Choose one of the options.'],
    ['other', 'b', 'The template has no such parameter.'],
    ['constructor', 'b', 'The template has no such parameter.'],
  ])('%s may not be %j', (key, value, message) => {
    expect(templateValueProblems(all, { [key]: value })).toEqual([{ key, message }]);
  });
});
