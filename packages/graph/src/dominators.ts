/**
 * Immediate dominators by the iterative method of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance Algorithm", 2001).
 * Nodes are numbers; `root` reaches every node worth asking about. Returns -1 for unreachable nodes, and root for itself.
 */
export function immediateDominators(successors: readonly (readonly number[])[], root: number): Int32Array {
  const order = postOrder(successors, root);
  const rank = new Int32Array(successors.length).fill(-1);
  order.forEach((node, i) => (rank[node] = i));
  const predecessors: number[][] = successors.map(() => []);
  for (const node of order) for (const next of successors[node]!) predecessors[next]!.push(node);
  const dominator = new Int32Array(successors.length).fill(-1);
  dominator[root] = root;
  const meet = (a: number, b: number): number => {
    let [left, right] = [a, b];
    while (left !== right) {
      while (rank[left]! < rank[right]!) left = dominator[left]!;
      while (rank[right]! < rank[left]!) right = dominator[right]!;
    }
    return left;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (let i = order.length - 2; i >= 0; i--) {
      const node = order[i]!;
      let found = -1;
      for (const before of predecessors[node]!) {
        if (dominator[before] === -1) continue;
        found = found === -1 ? before : meet(before, found);
      }
      if (found !== dominator[node]) {
        dominator[node] = found;
        changed = true;
      }
    }
  }
  return dominator;
}

/** Depth first, without recursion: graphs may be thousands of nodes deep. */
function postOrder(successors: readonly (readonly number[])[], root: number): number[] {
  const order: number[] = [];
  const seen = new Uint8Array(successors.length);
  const stack: { node: number; next: number }[] = [{ node: root, next: 0 }];
  seen[root] = 1;
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const next = successors[top.node]![top.next++];
    if (next === undefined) {
      order.push(top.node);
      stack.pop();
    } else if (!seen[next]) {
      seen[next] = 1;
      stack.push({ node: next, next: 0 });
    }
  }
  return order;
}
