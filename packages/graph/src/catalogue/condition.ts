import { z } from 'zod';
import { portId } from '../ids.ts';
import { expressionSource, field, portKey, portLabel } from './field.ts';
import { defineNodeType, duplicateKeys, keyedPorts } from './node-type.ts';
import { summaryText } from './summary-text.ts';

const otherwise = portId('otherwise');

export const condition = defineNodeType({
  key: 'condition',
  label: 'Condition',
  category: 'flow',
  icon: 'arrows-split-2',
  description: 'Takes the first case that holds.',
  docs: {
    does: 'Tests its cases in order and leaves by the port of the first whose expression is true in JSONata’s sense, else by Otherwise.',
    output: 'Nothing.',
    errors: [{ code: 'Expression', when: 'a case cannot be evaluated' }],
    example: { says: 'Large orders go another way.', config: { cases: [{ key: 'large', label: 'Large', when: 'input.amount > 10000' }] } },
  },
  hasOutput: false,
  schema: z.strictObject({
    cases: field(
      { label: 'Cases', widget: 'cases', help: 'Tested from the top; the first that holds is taken.' },
      z
        .array(z.strictObject({ key: portKey, label: portLabel, when: expressionSource }))
        .min(1, 'Add a case.')
        .max(50),
    ),
    otherwiseLabel: field({ label: 'Name of the last port', widget: 'text', absent: 'Otherwise' }, portLabel.optional()),
  }),
  defaultConfig: () => ({ cases: [{ key: 'yes', label: 'Yes', when: '' }], otherwiseLabel: 'No' }),
  ports: ({ cases, otherwiseLabel }) => [
    ...keyedPorts(cases, 'normal').filter((port) => port.id !== otherwise),
    { id: otherwise, label: typeof otherwiseLabel === 'string' && otherwiseLabel !== '' ? otherwiseLabel : 'Otherwise', kind: 'normal' },
  ],
  summary: ({ cases }) => {
    const [first, ...more] = Array.isArray(cases) ? cases : [];
    if (more.length > 0) return `${more.length + 1} cases`;
    return typeof first === 'object' && first !== null && !Array.isArray(first)
      ? summaryText(first.when) || 'No condition yet'
      : 'No cases yet';
  },
  check: ({ cases }) => duplicateKeys('cases', cases, [otherwise]),
  compile: (config, context) => ({
    kind: 'condition',
    cases: config.cases.map((entry, i) => ({ port: portId(entry.key), when: context.expression(`cases.${i}.when`, entry.when) })),
  }),
});
