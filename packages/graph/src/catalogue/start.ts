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
    does: 'Every workflow has exactly one start, at the top level. The input it was started with is `input` in every expression. With an input schema, a start whose input does not fit is refused before an instance exists.',
    output: 'The input.',
    errors: [],
    example: {
      says: 'An order with an id and an amount.',
      config: {
        inputSchema: {
          type: 'object',
          required: ['id', 'amount'],
          properties: { id: { type: 'string' }, amount: { type: 'number', minimum: 0 } },
        },
      },
    },
  },
  hasInput: false,
  schema: z.strictObject({
    inputSchema: field(
      { label: 'Input schema', widget: 'jsonSchema', help: 'JSON Schema the input must fit.', absent: 'Any JSON is accepted.' },
      jsonSchema.optional(),
    ),
  }),
  defaultConfig: () => ({}),
  ports: () => [outPort],
  summary: (config) => (config.inputSchema === undefined ? 'Manual or API' : 'Manual or API, checked input'),
  compile: (config) => ({ kind: 'start', inputSchema: config.inputSchema ?? null }),
});
