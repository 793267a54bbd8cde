import { z } from 'zod';
import { field } from './field.ts';
import { defineNodeType, outPort } from './node-type.ts';

export const join = defineNodeType({
  key: 'join',
  label: 'Join',
  category: 'flow',
  icon: 'arrows-join-2',
  description: 'Waits for parallel branches.',
  docs: {
    does: 'Keeps the tokens of its incoming edges until its rule is met, lets one token on, swallows the rest of that pass and waits again. With “Cancel the rest”, what still runs between the join and the split before it is cancelled.',
    output: 'Nothing.',
    errors: [{ code: 'JoinStarved', when: 'a token it needs can no longer come' }],
    example: { says: 'The first two of three answers are enough.', config: { mode: 'count', count: 2, cancelRest: true } },
  },
  synchronises: true,
  hasOutput: false,
  schema: z.strictObject({
    mode: field(
      {
        label: 'Waits for',
        widget: 'select',
        options: [
          { value: 'all', label: 'All branches' },
          { value: 'any', label: 'The first branch' },
          { value: 'count', label: 'A number of branches' },
        ],
      },
      z.enum(['all', 'any', 'count']),
    ),
    count: field({ label: 'How many', widget: 'number', when: { field: 'mode', is: ['count'] } }, z.int().min(1).max(1000).optional()),
    cancelRest: field(
      { label: 'Cancel the rest', widget: 'switch', help: 'Stops branches that are still running when the join fires.', absent: 'No' },
      z.boolean().optional(),
    ),
  }),
  defaultConfig: () => ({ mode: 'all' as const }),
  ports: () => [outPort],
  summary: ({ mode, count }, incoming) => {
    if (mode === 'any') return 'Any';
    if (mode === 'count') return `${typeof count === 'number' ? count : '?'} of ${incoming}`;
    return `All of ${incoming}`;
  },
  check: ({ mode, count }, incoming) => {
    if (mode !== 'count') return [];
    if (count === undefined) return [{ field: 'count', message: 'Enter how many branches to wait for.' }];
    return count > incoming && incoming > 0
      ? [{ field: 'count', message: `It waits for ${count} branches, but ${incoming} ${incoming === 1 ? 'leads' : 'lead'} here.` }]
      : [];
  },
  compile: ({ mode, count, cancelRest = false }, context) => ({
    kind: 'join',
    needed: mode === 'any' ? 1 : mode === 'all' ? context.incoming : (count ?? context.incoming),
    cancelRest,
    region: cancelRest ? context.region() : new Set(),
  }),
});
