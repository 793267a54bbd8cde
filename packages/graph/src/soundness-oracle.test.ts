import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type NodeSketch, draw } from './document-fixture.ts';
import { JoinRegions, frameGraph } from './frame-graph.ts';
import { type GraphIndex, indexGraph } from './graph-index.ts';
import type { EdgeId, NodeId } from './ids.ts';
import { exploreTokens } from './token-exploration.ts';
import { buildTokenModel } from './token-model.ts';
import { outcomesOf } from './token-outcomes.ts';

/**
 * The exploration moves tokens in a fixed order, collapses chains and fires joins late. This plays the same game with none of that: every token on every
 * edge, every order. Both must find the same joins left waiting. Undefined when it gets too large.
 */
function starvedByAnyOrder(index: GraphIndex): Set<NodeId> | undefined {
  interface State {
    tokens: Map<EdgeId, number>;
    /** Per join and edge: arrived minus passes fired. */
    waiting: Map<EdgeId, number>;
  }
  const frame = frameGraph(index, null);
  const regions = new JoinRegions(index, frame);
  const edges = new Map(index.document.edges.map((edge) => [edge.id, edge]));
  const isJoin = (id: NodeId) => index.types.get(id)?.synchronises === true;
  const starved = new Set<NodeId>();
  const seen = new Set<string>();
  const open: State[] = [];
  const add = (map: Map<EdgeId, number>, id: EdgeId, by: number): void => {
    const count = (map.get(id) ?? 0) + by;
    if (count === 0) map.delete(id);
    else map.set(id, count);
  };
  const enter = (state: State): boolean => {
    const key = [state.tokens, state.waiting].map((map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1)).join(' ')).join('|');
    if (seen.has(key)) return true;
    seen.add(key);
    open.push(state);
    return seen.size < 30_000 && [...state.tokens.values(), ...state.waiting.values()].every((count) => count <= 3 && count >= -3);
  };
  const copy = ({ tokens, waiting }: State): State => ({ tokens: new Map(tokens), waiting: new Map(waiting) });
  const leave = (state: State, out: readonly { id: EdgeId }[]): State => {
    for (const { id } of out) add(state.tokens, id, 1);
    return state;
  };
  const begin = outcomesOf(index, 's' as NodeId)[0]?.edges ?? [];
  if (!enter(leave({ tokens: new Map(), waiting: new Map() }, begin))) return undefined;
  while (open.length > 0) {
    const state = open.pop()!;
    let isStill = true;
    for (const [id] of state.tokens) {
      isStill = false;
      const { target } = edges.get(id)!;
      const next = copy(state);
      add(next.tokens, id, -1);
      if (!isJoin(target)) {
        const type = index.types.get(target)!;
        if (type.raises) continue;
        const ways = outcomesOf(index, target);
        if (ways.length === 0 && !enter(next)) return undefined;
        for (const way of ways) if (!enter(leave(copy(next), way.edges))) return undefined;
        continue;
      }
      add(next.waiting, id, 1);
      const incoming = index.incoming.get(target)!;
      const { mode, count, cancelRest } = index.nodes.get(target)!.config;
      const needed = mode === 'any' ? 1 : mode === 'count' ? (count as number) : incoming.length;
      if (incoming.filter((edge) => (next.waiting.get(edge.id) ?? 0) > 0).length >= needed) {
        for (const edge of incoming) add(next.waiting, edge.id, -1);
        if (cancelRest === true) {
          const region = regions.regionOf(target);
          for (const edge of incoming) if ((next.waiting.get(edge.id) ?? 0) < 0) next.waiting.delete(edge.id);
          for (const held of [...next.tokens.keys()]) {
            const { source, target: to } = edges.get(held)!;
            // On its way to a node of the region, or to this join from within the region or straight from the split.
            const isSplit = source === 's' || outcomesOf(index, source).some((way) => way.edges.length > 1);
            if (region.has(to) || (to === target && (region.has(source) || isSplit))) next.tokens.delete(held);
          }
          for (const held of [...next.waiting.keys()])
            if (region.has(edges.get(held)!.target) && next.waiting.get(held)! > 0) next.waiting.delete(held);
        }
        leave(next, outcomesOf(index, target)[0]?.edges ?? []);
      }
      if (!enter(next)) return undefined;
    }
    if (isStill) for (const [id, count] of state.waiting) if (count > 0) starved.add(edges.get(id)!.target);
  }
  return starved;
}

const kinds: NodeSketch[] = [
  { type: 'timer' },
  { type: 'timer' },
  { type: 'condition' },
  { type: 'http' },
  { type: 'fail' },
  { type: 'end' },
  { type: 'join', config: { mode: 'all' } },
  { type: 'join', config: { mode: 'all' } },
  { type: 'join', config: { mode: 'any' } },
  { type: 'join', config: { mode: 'count', count: 2 } },
];

const graph = (cancelRest: boolean) =>
  fc
    .array(fc.constantFrom(...kinds), { minLength: 3, maxLength: 7 })
    .chain((sketches) =>
      fc.tuple(
        fc.constant(sketches),
        fc.array(fc.tuple(fc.nat(sketches.length), fc.nat(1), fc.nat(sketches.length - 1), fc.nat(9)), { minLength: 3, maxLength: 12 }),
      ),
    )
    .map(([sketches, wires]) => {
      const nodes: Record<string, NodeSketch> = { s: { type: 'start' } };
      sketches.forEach((sketch, i) => {
        nodes[`n${i}`] =
          sketch.type === 'join' && cancelRest && i % 2 === 0 ? { ...sketch, config: { ...sketch.config, cancelRest: true } } : sketch;
      });
      const names = Object.keys(nodes);
      const edges = wires.flatMap(([from, port, to, luck]) => {
        // Mostly forwards: a graph of nothing but cycles has no end to compare.
        const [source, target] = luck > 0 && from > to ? [to, from] : [from, to + 1];
        const name = names[source]!;
        const type = nodes[name]!.type;
        const ports =
          type === 'condition'
            ? ['yes', 'otherwise']
            : type === 'http'
              ? ['out', 'error']
              : ['fail', 'end'].includes(type)
                ? []
                : ['out', 'out'];
        return ports.length > 0 && names[target] && name !== names[target] ? [`${name}.${ports[port]} -> ${names[target]}`] : [];
      });
      return draw(nodes, [...new Set(edges)]);
    });

it.each([
  ['without cancelling', false, 1500],
  ['with cancelling', true, 1500],
])('finds the joins that a search through every order finds, %s', (_, cancelRest, numRuns) => {
  let compared = 0;
  let withFindings = 0;
  fc.assert(
    fc.property(graph(cancelRest), (document) => {
      const index = indexGraph(document);
      const model = buildTokenModel(index, frameGraph(index, null));
      const exploration = exploreTokens(model);
      if (!exploration.isComplete) return;
      const expected = starvedByAnyOrder(index);
      if (!expected) return;
      compared++;
      if (expected.size > 0) withFindings++;
      const found = new Set(exploration.states.flatMap(({ starving }) => starving.map(({ join }) => model.joins[join]!.node)));
      expect([...found].sort()).toEqual([...expected].sort());
    }),
    { numRuns, seed: 20261121 },
  );
  expect(compared).toBeGreaterThan(numRuns / 2);
  expect(withFindings).toBeGreaterThan(numRuns / 10);
});
