import type { GraphNode, WorkflowDocument } from '@perdure/graph';

/** The steps that do something outside when the draft is run: what only waits, decides or computes is not among them. */
export function callingNodes({ nodes }: WorkflowDocument, pins: boolean): GraphNode[] {
  return nodes.filter(({ type, disabled, pinned }) => calls.has(type) && !disabled && !(pins && pinned));
}

const calls = new Set(['http', 'subWorkflow', 'entity']);

/** `“Charge card” and “Ship” make their real calls each time. Pin those that must not.` */
export function callWords(nodes: readonly GraphNode[]): string {
  return nodes.length === 1
    ? `${listed(nodes)} makes its real call each time. Pin it when it must not.`
    : `${listed(nodes)} make their real calls each time. Pin those that must not.`;
}

/** `“Charge card” and “Ship” are not pinned: a scenario that reaches one of them fails.` */
export function unpinnedWords(nodes: readonly GraphNode[]): string {
  return nodes.length === 1
    ? `${listed(nodes)} is not pinned: a scenario that reaches it fails.`
    : `${listed(nodes)} are not pinned: a scenario that reaches one of them fails.`;
}

function listed(nodes: readonly GraphNode[]): string {
  const names = nodes.slice(0, 3).map(({ title }) => `“${title}”`);
  const rest = nodes.length - names.length;
  if (rest > 0) return `${names.join(', ')} and ${rest} more`;
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
