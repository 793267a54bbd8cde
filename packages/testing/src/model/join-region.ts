/** The nodes between a join and the nearest node before it that every way passes and that splits: what `cancel the rest` cancels. [J5] */
import type { GraphNode, WorkflowDocument } from '@perdure/graph';

export function joinRegion({ nodes, edges }: WorkflowDocument, join: GraphNode): Set<string> {
  const inside = nodes.filter(({ parent }) => parent === join.parent).map(({ id }) => id as string);
  const within = edges.filter(({ target, source }) => inside.includes(target) && inside.includes(source));
  const entries =
    join.parent === null
      ? nodes.filter(({ type }) => type === 'start').map(({ id }) => id as string)
      : edges.filter(({ source, sourcePort }) => source === join.parent && sourcePort === 'body').map(({ target }) => target as string);
  const reach = (from: readonly string[], without: string | null, isBackwards = false): Set<string> => {
    const seen = new Set<string>();
    const open = from.filter((id) => id !== without);
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      for (const { source, target } of within) {
        const [here, there] = isBackwards ? [target, source] : [source, target];
        if (here === id && there !== without) open.push(there);
      }
    }
    return seen;
  };
  const nextOf = (id: string): string[] => within.filter(({ source }) => source === id).map(({ target }) => target);
  const isSplit = (id: string): boolean =>
    within.some((one) => one.source === id && within.filter((two) => two.source === id && two.sourcePort === one.sourcePort).length > 1);
  const before = inside.filter((id) => id !== join.id && !reach(entries, id).has(join.id) && reach(entries, null).has(id));
  // Of those that every way passes, the last that splits: every other one comes before it.
  const splits = before.filter(isSplit);
  const split = splits.find((one) => splits.every((other) => other === one || !reach(entries, other).has(one))) ?? null;
  const forwards = reach(split === null ? entries : nextOf(split), join.id);
  const previous = within.filter(({ target }) => target === join.id).map(({ source }) => source as string);
  const backwards = reach(previous, split, true);
  return new Set([...forwards].filter((id) => backwards.has(id) && id !== join.id && id !== split));
}
