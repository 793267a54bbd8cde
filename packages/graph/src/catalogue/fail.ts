import { z } from 'zod';
import { field, textValue } from './field.ts';
import { defineNodeType } from './node-type.ts';
import { summaryText } from './summary-text.ts';

export const fail = defineNodeType({
  key: 'fail',
  label: 'Fail',
  category: 'flow',
  icon: 'circle-x',
  description: 'Raises an error.',
  docs: {
    does: 'Raises a failure with a code of your own. An enclosing scope may catch it; otherwise the instance fails.',
    output: 'Nothing: no token leaves it.',
    errors: [{ code: 'its own code', when: 'always' }],
    example: {
      says: 'A declined card.',
      config: { code: 'Declined', message: { expr: '"Card of " & input.customer.name & " was declined"' } },
    },
  },
  raises: true,
  schema: z.strictObject({
    code: field({ label: 'Code', widget: 'value', literal: 'text', help: 'What catches compare.' }, textValue),
    message: field({ label: 'Message', widget: 'value', literal: 'text', help: 'For people.' }, textValue),
  }),
  defaultConfig: () => ({ code: 'Failed', message: '' }),
  ports: () => [],
  summary: ({ code }) => summaryText(code) || 'No code yet',
  compile: ({ code, message }, context) => ({
    kind: 'fail',
    code: context.value('code', code),
    message: context.value('message', message),
  }),
});
