import { z } from 'zod';
import { isExpression } from '../document.ts';
import { anyValue, field } from './field.ts';
import { defineNodeType, errorPort, outPort } from './node-type.ts';
import { summaryText } from './summary-text.ts';

export const transform = defineNodeType({
  key: 'transform',
  label: 'Transform',
  category: 'work',
  icon: 'transform',
  description: 'Computes a value from earlier data.',
  docs: {
    does: 'Evaluates one value inside the turn, with no effect outside. An object may mix literals and expressions.',
    output: 'The value.',
    errors: [
      { code: 'Expression', when: 'the expression fails' },
      { code: 'ExpressionTimeout', when: 'the expression takes longer than its time limit' },
    ],
    example: {
      says: 'Net and gross from the input.',
      config: { value: { expr: '{ "net": input.amount, "gross": input.amount * 1.25 }' } },
    },
  },
  schema: z.strictObject({
    value: field({ label: 'Value', widget: 'value', literal: 'json', help: 'What later steps read as this step’s output.' }, anyValue),
  }),
  defaultConfig: () => ({ value: { expr: 'input' } }),
  ports: () => [outPort, errorPort],
  summary: ({ value }) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || isExpression(value))
      return summaryText(value) || 'Transform';
    const count = Object.keys(value).length;
    return `Transform, ${count} ${count === 1 ? 'field' : 'fields'}`;
  },
  compile: (config, context) => ({ kind: 'transform', value: context.value('value', config.value) }),
});
