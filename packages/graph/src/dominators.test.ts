import fc from 'fast-check';
import { expect, it } from 'vitest';
import { immediateDominators } from './dominators.ts';
import { reach } from './frame-graph.ts';
import { strongComponents } from './strong-components.ts';

const graph = fc
  .integer({ min: 1, max: 9 })
  .chain((size) => fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size }));

it('finds the dominators that leaving out each node finds', () => {
  fc.assert(
    fc.property(graph, (successors) => {
      const found = immediateDominators(successors, 0);
      const reached = reach(successors, 0);
      const dominates = (by: number, node: number): boolean =>
        by === node || by === 0 || (node !== 0 && reach(successors, 0, by)[node] === 0);
      for (let node = 1; node < successors.length; node++) {
        const dominators = successors
          .map((_, by) => by)
          .filter((by) => by !== node && (by === 0 || reached[by] === 1) && dominates(by, node));
        // The nearest is the one that all others dominate.
        const nearest = dominators.find((by) => dominators.every((other) => dominates(other, by)));
        expect(found[node]).toBe(reached[node] ? nearest : -1);
      }
    }),
    { numRuns: 500 },
  );
});

it('puts nodes into one component exactly when each reaches the other, numbered against the edges', () => {
  fc.assert(
    fc.property(graph, (successors) => {
      const { component } = strongComponents(successors);
      successors.forEach((_, a) => {
        successors.forEach((__, b) => {
          const isSame = a === b || (reach(successors, a)[b] === 1 && reach(successors, b)[a] === 1);
          expect(component[a] === component[b]).toBe(isSame);
          if (successors[a]!.includes(b)) expect(component[a]! >= component[b]!).toBe(true);
        });
      });
    }),
    { numRuns: 300 },
  );
});
