import type { Json, WorkflowDocument } from '@perdure/graph';

/** What the start of a workflow asks for; null where it takes anything. */
export function inputSchema({ nodes }: WorkflowDocument): Json {
  return nodes.find(({ type }) => type === 'start')?.config['inputSchema'] ?? null;
}
