import { z } from 'zod';
import { anyValue, field } from './field.ts';
import { bodyPort, defineNodeType, errorPort, outPort } from './node-type.ts';

export const forEach = defineNodeType({
  key: 'forEach',
  label: 'For each',
  category: 'flow',
  icon: 'repeat',
  description: 'Runs its content once per item of a list.',
  docs: {
    does: 'Owns a subgraph that runs once per item, in parallel up to a limit or one after another. Inside, `item` is the item and `index` its position from 0. What an inner End gives is the item’s result.',
    output: 'The results, in the order of the items. The result of a tolerated failure is null.',
    errors: [
      { code: 'the item’s', when: 'more items fail than are tolerated; the others are cancelled' },
      { code: 'Expression', when: 'the list cannot be evaluated' },
    ],
    example: {
      says: 'Eight order lines at a time, two may fail.',
      config: { items: { expr: 'input.lines' }, mode: 'parallel', concurrency: 8, errorTolerance: 2 },
    },
  },
  container: true,
  schema: z.strictObject({
    items: field({ label: 'Items', widget: 'value', literal: 'list' }, anyValue),
    mode: field(
      {
        label: 'Order',
        widget: 'select',
        options: [
          { value: 'parallel', label: 'At the same time' },
          { value: 'sequential', label: 'One after another' },
        ],
      },
      z.enum(['parallel', 'sequential']),
    ),
    concurrency: field(
      {
        label: 'At a time',
        widget: 'number',
        help: 'How many items run at once.',
        when: { field: 'mode', is: ['parallel'] },
        absent: 'All at once',
      },
      z.int().min(1).max(100_000).optional(),
    ),
    errorTolerance: field({ label: 'Failures tolerated', widget: 'number', absent: '0' }, z.int().min(0).max(1_000_000).optional()),
  }),
  defaultConfig: () => ({ items: { expr: 'input.items' }, mode: 'parallel' as const, concurrency: 10 }),
  ports: () => [bodyPort, outPort, errorPort],
  summary: ({ mode, concurrency }) =>
    mode === 'sequential' ? 'One after another' : typeof concurrency === 'number' ? `${concurrency} at a time` : 'All at once',
  check: ({ items }) => (typeof items === 'string' ? [{ field: 'items', message: 'Enter a list, or an expression that gives one.' }] : []),
  compile: ({ items, mode, concurrency, errorTolerance }, context) => ({
    kind: 'forEach',
    items: context.value('items', items),
    concurrency: mode === 'sequential' ? 1 : (concurrency ?? Number.MAX_SAFE_INTEGER),
    errorTolerance: errorTolerance ?? 0,
  }),
});
