import { standardCatalogue, type GraphNode, type GraphIndex, indexGraph, nameOf } from '@perdure/graph';
import { NodeIcon } from '../canvas/node-icon.tsx';
import type { PickItem } from '../components/pick-dialog.tsx';
import type { DesignerSession } from './designer-session.ts';

/** Steps of the workflow as a list to pick from: found by title, id and type. */
export function nodeItems(
  { model }: DesignerSession,
  nodes: readonly GraphNode[],
  run: (node: GraphNode) => void,
  refusal: (node: GraphNode) => string | null = () => null,
): PickItem[] {
  const index = indexGraph(model.document);
  return nodes.map((node) => ({
    id: `node:${node.id}`,
    label: nameOf(index, node.id),
    detail: whereIs(index, node),
    words: node.id,
    icon: <NodeIcon name={standardCatalogue.get(node.type)?.icon} size={15} />,
    refusal: refusal(node),
    run: () => run(node),
  }));
}

function whereIs(index: GraphIndex, { type, parent }: GraphNode): string {
  const label = index.catalogue.get(type)?.label ?? type;
  return parent === null ? label : `${label} in ${nameOf(index, parent)}`;
}
