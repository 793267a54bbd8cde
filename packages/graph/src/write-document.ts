import type { WorkflowDocument } from './document.ts';
import type { Json } from './json.ts';

/**
 * A document as the text that files and clipboards carry. Equal documents give equal text: fields stand in a fixed order, so that exports compare
 * well, but inside a config, pinned data and scenarios the order of keys is the author's (of a form's fields, of an output's properties) and stays.
 * `readImport` of it gives the identical document.
 */
export function writeDocument(document: WorkflowDocument): string {
  const { formatVersion, nodes, edges, ...rest } = document;
  const whole = {
    formatVersion,
    nodes: nodes.map((node) => inOrder(node, nodeFields)),
    edges: edges.map((edge) => inOrder(edge, edgeFields)),
  };
  return `${JSON.stringify({ ...whole, ...inOrder(rest, []) }, null, 2)}\n`;
}

const nodeFields = ['id', 'type', 'title', 'parent', 'position', 'size', 'collapsed', 'disabled', 'config', 'retry', 'timeout', 'pinned'];
const edgeFields = ['id', 'source', 'sourcePort', 'target'];

/** These fields first, the others by name. */
function inOrder(item: object, first: readonly string[]): Record<string, Json> {
  const entries = Object.entries(item) as [string, Json][]; // a document is JSON throughout
  const place = (key: string): number => (first.includes(key) ? first.indexOf(key) : first.length);
  return Object.fromEntries(entries.toSorted(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1)));
}
