import type { GraphNode, WorkflowDocument } from '@perdure/graph';

/** The steps that do something outside when the draft is run: what only waits, decides or computes is not among them. */
export function callingNodes({ nodes }: WorkflowDocument, pins: boolean): GraphNode[] {
  return nodes.filter(({ type, disabled, pinned }) => calls.has(type) && !disabled && !(pins && pinned));
}

const calls = new Set(['http', 'subWorkflow', 'entity']);

/** `“Charge card” and “Ship” make their real calls each time. Pin the steps that must not.` */
export function callWords(nodes: readonly GraphNode[]): string {
  const names = nodes.slice(0, 3).map(({ title }) => `“${title}”`);
  const rest = nodes.length - names.length;
  const listed =
    rest > 0
      ? `${names.join(', ')} and ${rest} more`
      : names.length < 2
        ? (names[0] ?? '')
        : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return nodes.length === 1
    ? `${listed} makes its real call each time. Pin it when it must not.`
    : `${listed} make their real calls each time. Pin those that must not.`;
}
