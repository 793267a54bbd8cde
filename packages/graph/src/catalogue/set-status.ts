import { z } from 'zod';
import { anyValue, field } from './field.ts';
import { defineNodeType, outPort } from './node-type.ts';
import { summaryText } from './summary-text.ts';

export const setStatus = defineNodeType({
  key: 'setStatus',
  label: 'Set status',
  category: 'flow',
  icon: 'flag',
  description: 'Sets the text shown beside the instance.',
  docs: {
    does: 'Replaces the instance’s custom status: shown in lists and given as `customStatus` over the API.',
    output: 'Nothing.',
    errors: [{ code: 'Expression', when: 'the value cannot be evaluated' }],
    example: { says: 'Where the order is.', config: { value: 'Reserving stock' } },
  },
  hasOutput: false,
  schema: z.strictObject({ value: field({ label: 'Status', widget: 'value', literal: 'text' }, anyValue) }),
  defaultConfig: () => ({ value: '' }),
  ports: () => [outPort],
  summary: ({ value }) => summaryText(value) || 'No status yet',
  compile: ({ value }, context) => ({ kind: 'setStatus', value: context.value('value', value) }),
});
