import { z } from 'zod';
import { anyValue, field } from './field.ts';
import { defineNodeType } from './node-type.ts';
import { summaryText } from './summary-text.ts';

export const end = defineNodeType({
  key: 'end',
  label: 'End',
  category: 'flow',
  icon: 'square-rounded',
  description: 'Ends this path and gives the result.',
  docs: {
    does: 'Consumes its token. Its value becomes the result of the container around it, or of the instance; of several, the last one counts. The instance completes when no token is left.',
    output: 'Nothing: no token leaves it.',
    errors: [{ code: 'Expression', when: 'the value cannot be evaluated' }],
    example: { says: 'The booking’s number.', config: { value: { expr: 'steps.book.output.body.number' } } },
  },
  schema: z.strictObject({ value: field({ label: 'Result', widget: 'value', literal: 'json', absent: 'null' }, anyValue.optional()) }),
  defaultConfig: () => ({}),
  ports: () => [],
  summary: ({ value }) => summaryText(value) || 'No result',
  compile: ({ value }, context) => ({ kind: 'end', value: context.value('value', value ?? null) }),
});
