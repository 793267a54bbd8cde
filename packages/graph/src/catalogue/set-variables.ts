import { z } from 'zod';
import { anyValue, field } from './field.ts';
import { defineNodeType, outPort } from './node-type.ts';

export const setVariables = defineNodeType({
  key: 'setVariables',
  label: 'Set variables',
  category: 'flow',
  icon: 'variable',
  description: 'Keeps values under names for later steps.',
  docs: {
    does: 'Evaluates all values, then writes them to `vars`. Not allowed inside a parallel for each, where the order of writing would be up to chance.',
    output: 'Nothing.',
    errors: [{ code: 'Expression', when: 'a value cannot be evaluated' }],
    example: { says: 'Counts attempts.', config: { variables: { attempts: { expr: 'vars.attempts + 1' } } } },
  },
  hasOutput: false,
  schema: z.strictObject({
    variables: field(
      { label: 'Variables', widget: 'keyValues', help: 'Read them as vars.<name>.' },
      z
        .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'Use a letter first, then letters, digits or "_".'), anyValue)
        .refine((variables) => Object.keys(variables).length > 0, 'Add a variable.'),
    ),
  }),
  defaultConfig: () => ({ variables: {} }),
  ports: () => [outPort],
  summary: ({ variables }) =>
    (typeof variables === 'object' && variables !== null ? Object.keys(variables).join(', ') : '') || 'No variables yet',
  compile: (config, context) => ({
    kind: 'setVariables',
    variables: Object.fromEntries(
      Object.entries(config.variables).map(([name, value]) => [name, context.value(`variables.${name}`, value)]),
    ),
  }),
});
