import type { GraphNode, NodeId, WorkflowDocument } from '@perdure/graph';

/**
 * Whether two states of a document give the expressions of a node the same names: everything alike but places, notes and the node's own title.
 * Reading what leads to a node takes long in a large workflow, comparing does not.
 */
export function hasSameData(before: WorkflowDocument, after: WorkflowDocument, own: NodeId): boolean {
  return (
    before === after ||
    (before.edges === after.edges &&
      before.nodes.length === after.nodes.length &&
      before.nodes.every((node, i) => {
        const other = after.nodes[i];
        return other !== undefined && (other === node || isAlike(node, other, own));
      }))
  );
}

function isAlike(a: GraphNode, b: GraphNode, own: NodeId): boolean {
  return (
    a.id === b.id &&
    a.type === b.type &&
    a.parent === b.parent &&
    a.config === b.config &&
    a.disabled === b.disabled &&
    (a.title === b.title || a.id === own)
  );
}
