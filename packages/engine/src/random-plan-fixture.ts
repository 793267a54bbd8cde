import fc from 'fast-check';
import { planOfBlocks } from './random-workflow-fixture.ts';
import type { Block } from './random-workflow-fixture.ts';

/*
 * What the property tests draw: any workflow of a few blocks, sound or not, and numbers to choose by.
 */

/** Of the entities that random workflows share. */
const key = fc.constantFrom('a', 'b', 'c');
const code = fc.constantFrom('Boom', 'Declined');

const { blocks } = fc.letrec<{ block: Block; blocks: Block[]; caught: Block[] | null }>((tie) => {
  const branches = fc.array(tie('blocks'), { minLength: 2, maxLength: 3, size: 'max' });
  return {
    blocks: fc.array(tie('block'), { minLength: 1, maxLength: 3, size: 'max', depthIdentifier: 'nesting' }),
    caught: fc.option(tie('blocks'), { depthIdentifier: 'nesting' }),
    block: fc.oneof(
      { depthIdentifier: 'nesting', depthSize: 4, maxDepth: 4 },
      fc.record({
        block: fc.constant('activity' as const),
        attempts: fc.integer({ min: 1, max: 3 }),
        caught: tie('caught'),
        usesInput: fc.boolean(),
      }),
      fc.record({
        block: fc.constantFrom(
          'transform' as const,
          'endHere' as const,
          'timer' as const,
          'timer' as const,
          'transform' as const,
          'fails' as const,
        ),
      }),
      fc.record({ block: fc.constant('variables' as const), disabled: fc.boolean() }),
      fc.record({ block: fc.constant('event' as const), name: fc.constantFrom('Go', 'stop'), timeout: tie('caught') }),
      fc.record({ block: fc.constant('human' as const), deadline: fc.boolean(), overdue: tie('caught') }),
      fc.record({
        block: fc.constant('child' as const),
        wait: fc.boolean(),
        attempts: fc.integer({ min: 1, max: 2 }),
        timeout: fc.boolean(),
      }),
      fc.record({ block: fc.constant('choice' as const), branches }),
      fc.record({ block: fc.constant('parallel' as const), branches, needed: fc.integer({ min: 1, max: 3 }), cancelRest: fc.boolean() }),
      fc.record({
        block: fc.constant('forEach' as const),
        count: fc.nat(3),
        concurrency: fc.integer({ min: 1, max: 3 }),
        tolerance: fc.nat(2),
        body: tie('blocks'),
        caught: tie('caught'),
      }),
      fc.record({
        block: fc.constant('loop' as const),
        mode: fc.constantFrom('while' as const, 'until' as const),
        passes: fc.nat(3),
        body: tie('blocks'),
      }),
      fc.record({
        block: fc.constant('scope' as const),
        body: tie('blocks'),
        caught: tie('caught'),
        codes: fc.option(fc.array(code, { minLength: 1, maxLength: 2 })),
        timeout: fc.boolean(),
        locks: fc.oneof(fc.constant<string[]>([]), fc.array(key, { minLength: 1, maxLength: 3, size: 'max' })),
      }),
      fc.record({
        block: fc.constant('entity' as const),
        key,
        mode: fc.constantFrom('call' as const, 'call' as const, 'signal' as const),
        caught: tie('caught'),
      }),
    ) as fc.Arbitrary<Block>,
  };
});

const shortcuts = fc.oneof(
  { weight: 1, arbitrary: fc.constant<[number, number][]>([]) },
  { weight: 1, arbitrary: fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 3, size: 'max' }) },
);
export const randomChoices = fc.array(fc.nat(1_000_000), { maxLength: 80, size: 'max' });
export const randomPlan = fc
  .tuple(
    fc.array(blocks, { minLength: 1, maxLength: 2, size: 'max' }).map((lists) => lists.flat()),
    shortcuts,
  )
  .map(([all, extra]) => planOfBlocks(all, extra));
