import { z } from 'zod';
import { field, jsonSchema } from './field.ts';
import { defineNodeType, outPort } from './node-type.ts';

export const start = defineNodeType({
  key: 'start',
  label: 'Manual or API',
  category: 'trigger',
  icon: 'player-play',
  description: 'Starts when a person or a program asks for it.',
  docs: {
    does: 'Every workflow has exactly one start, at the top level. The input it was started with is `input` in every expression. With an input schema, properties that the input lacks take their `default`, also when another workflow starts this one; then a start whose input does not fit is refused before an instance exists.',
    output: 'The input, with the defaults filled in.',
    errors: [],
    example: {
      says: 'An order with an id and an amount, in euros when it does not say.',
      config: {
        inputSchema: {
          type: 'object',
          required: ['id', 'amount'],
          properties: { id: { type: 'string' }, amount: { type: 'number', minimum: 0 }, currency: { type: 'string', default: 'EUR' } },
        },
      },
    },
  },
  hasInput: false,
  schema: z.strictObject({
    inputSchema: field(
      {
        label: 'Input schema',
        widget: 'jsonSchema',
        help: 'JSON Schema the input must fit. Its defaults are filled in.',
        absent: 'Any JSON is accepted.',
      },
      jsonSchema.optional(),
    ),
  }),
  defaultConfig: () => ({}),
  ports: () => [outPort],
  summary: (config) => (config.inputSchema === undefined ? 'Manual or API' : 'Manual or API, checked input'),
  compile: (config) => ({ kind: 'start', inputSchema: config.inputSchema ?? null }),
});
