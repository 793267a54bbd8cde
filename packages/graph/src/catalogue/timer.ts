import { z } from 'zod';
import { isExpression } from '../document.ts';
import { parseDuration } from '../duration.ts';
import { durationOrMomentValue, durationValue, field, momentValue } from './field.ts';
import { defineNodeType, outPort } from './node-type.ts';
import { durationSummary, summaryText } from './summary-text.ts';

export const timer = defineNodeType({
  key: 'timer',
  label: 'Timer',
  category: 'wait',
  icon: 'clock',
  description: 'Waits for a time span or until a moment.',
  docs: {
    does: 'A durable wait: it costs no worker while it lasts and survives restarts. A moment in the past fires at once.',
    output: 'Nothing.',
    errors: [{ code: 'Expression', when: 'the value is neither a duration nor a moment' }],
    example: { says: 'Two days.', config: { mode: 'for', value: '2d' } },
  },
  endsTurn: true,
  hasOutput: false,
  schema: z.strictObject({
    mode: field(
      {
        label: 'Waits',
        widget: 'select',
        options: [
          { value: 'for', label: 'For a duration' },
          { value: 'until', label: 'Until a moment' },
        ],
      },
      z.enum(['for', 'until']),
    ),
    value: field(
      {
        label: 'Time',
        widget: 'value',
        literal: 'duration',
        orMoment: true,
        help: 'A duration such as 30s, 5m, 2h or 1d; or a moment such as 2030-01-31T12:00:00Z.',
      },
      durationOrMomentValue,
    ),
  }),
  defaultConfig: () => ({ mode: 'for' as const, value: '1h' }),
  ports: () => [outPort],
  summary: ({ mode, value }) => (mode === 'until' ? `Until ${summaryText(value) || '…'}` : `For ${durationSummary(value) || '…'}`),
  check: ({ mode, value }) => {
    const fits = (mode === 'for' ? durationValue : momentValue).safeParse(value);
    return fits.success ? [] : [{ field: 'value', message: fits.error.issues[0]?.message ?? 'This value does not fit.' }];
  },
  compile: ({ mode, value }, context) => ({
    kind: 'timer',
    mode,
    // A literal is brought to milliseconds here, so that it is never parsed at run time.
    value:
      mode === 'for' && typeof value === 'string' && !isExpression(value)
        ? { kind: 'literal', value: parseDuration(value) ?? value }
        : context.value('value', value),
  }),
});
