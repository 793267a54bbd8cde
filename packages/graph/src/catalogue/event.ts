import { z } from 'zod';
import { portId } from '../ids.ts';
import { durationOrMomentValue, field, textValue } from './field.ts';
import { defineNodeType, outPort } from './node-type.ts';
import { summaryText } from './summary-text.ts';

export const event = defineNodeType({
  key: 'event',
  label: 'Event',
  category: 'wait',
  icon: 'broadcast',
  description: 'Waits for an external event by its name.',
  docs: {
    does: 'Waits until an event of this name is raised for the instance; upper and lower case make no difference. An event that came early is kept and taken at once. With a timeout and no edge from its Timeout port, running out of time fails the step.',
    output: 'The event’s data.',
    errors: [
      { code: 'Timeout', when: 'the timeout passes and the Timeout port is not connected' },
      { code: 'Expression', when: 'name or timeout cannot be evaluated' },
    ],
    example: { says: 'A changed order, for a day at most.', config: { name: 'order.changed', timeout: '1d' } },
  },
  endsTurn: true,
  schema: z.strictObject({
    name: field({ label: 'Event name', widget: 'value', literal: 'text', placeholder: 'order.changed' }, textValue),
    timeout: field(
      {
        label: 'Give up after',
        widget: 'value',
        literal: 'duration',
        orMoment: true,
        help: 'A duration or a moment.',
        absent: 'Waits without limit.',
      },
      durationOrMomentValue.optional(),
    ),
  }),
  defaultConfig: () => ({ name: '' }),
  ports: ({ timeout }) => [
    outPort,
    ...(timeout === undefined ? [] : [{ id: portId('timeout'), label: 'Timeout', kind: 'exceptional' as const }]),
  ],
  summary: ({ name }) => `Event ${summaryText(name) || 'without a name yet'}`,
  compile: ({ name, timeout }, context) => ({
    kind: 'event',
    name: context.value('name', name),
    timeout: timeout === undefined ? null : context.value('timeout', timeout),
  }),
});
