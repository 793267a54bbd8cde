import { z } from 'zod';
import { expressionSource, field } from './field.ts';
import { bodyPort, defineNodeType, errorPort, outPort } from './node-type.ts';
import { summaryText } from './summary-text.ts';

export const loop = defineNodeType({
  key: 'loop',
  label: 'Loop',
  category: 'flow',
  icon: 'rotate-clockwise',
  description: 'Repeats its content while or until something holds.',
  docs: {
    does: 'Owns a subgraph. “While” tests before each pass, “until” after it. In the condition, `steps.<loop id>.output` is the last pass’s result; inside, `index` counts passes from 0.',
    output: 'The last pass’s result.',
    errors: [
      { code: 'LoopLimit', when: 'the passes allowed are used up' },
      { code: 'Expression', when: 'the condition cannot be evaluated' },
    ],
    example: { says: 'Asks until it is in stock.', config: { mode: 'until', condition: 'vars.in_stock', maxPasses: 100 } },
  },
  container: true,
  schema: z.strictObject({
    mode: field(
      {
        label: 'Repeats',
        widget: 'select',
        options: [
          { value: 'while', label: 'While it holds' },
          { value: 'until', label: 'Until it holds' },
        ],
      },
      z.enum(['while', 'until']),
    ),
    condition: field({ label: 'Condition', widget: 'expression' }, expressionSource),
    maxPasses: field(
      { label: 'Passes allowed', widget: 'number', help: 'Null allows any number.', absent: '1000' },
      z.int().min(1).max(1_000_000).nullable().optional(),
    ),
  }),
  defaultConfig: () => ({ mode: 'while' as const, condition: '', maxPasses: 1000 }),
  ports: () => [bodyPort, outPort, errorPort],
  summary: ({ mode, condition }) => `${mode === 'until' ? 'Until' : 'While'} ${summaryText(condition) || '…'}`,
  compile: ({ mode, condition, maxPasses }, context) => ({
    kind: 'loop',
    mode,
    condition: context.expression('condition', condition),
    maxPasses: maxPasses === undefined ? 1000 : maxPasses,
  }),
});
