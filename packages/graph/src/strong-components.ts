/**
 * Strongly connected components (Tarjan 1972), without recursion. `component[node]` numbers them so that edges lead from higher numbers to lower ones;
 * nodes for which `include` is false belong to none (-1).
 */
export function strongComponents(
  successors: readonly (readonly number[])[],
  include: (node: number) => boolean = () => true,
): { component: Int32Array; count: number } {
  const size = successors.length;
  const component = new Int32Array(size).fill(-1);
  const found = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const path: number[] = [];
  let time = 0;
  let count = 0;
  for (let root = 0; root < size; root++) {
    if (found[root] !== -1 || !include(root)) continue;
    const stack = [{ node: root, next: 0 }];
    found[root] = low[root] = time++;
    path.push(root);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const next = successors[top.node]![top.next++];
      if (next === undefined) {
        stack.pop();
        const { node } = top;
        const above = stack.at(-1);
        if (above) low[above.node] = Math.min(low[above.node]!, low[node]!);
        if (low[node] !== found[node]) continue;
        for (let member = -1; member !== node;) {
          member = path.pop()!;
          component[member] = count;
        }
        count++;
      } else if (include(next)) {
        if (found[next] === -1) {
          found[next] = low[next] = time++;
          path.push(next);
          stack.push({ node: next, next: 0 });
        } else if (component[next] === -1) low[top.node] = Math.min(low[top.node]!, found[next]!);
      }
    }
  }
  return { component, count };
}
