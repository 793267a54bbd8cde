import { canConnectIn, indexGraph, nameOf, nodeSize, standardCatalogue, type GraphIndex, type NodeId, type Port } from '@perdure/graph';
import type { PickItem } from '../components/pick-dialog.tsx';
import { toast } from '../components/toast.tsx';
import { selectionRoots } from './arrange-nodes.ts';
import type { DesignerModel } from './designer-model.ts';
import type { DesignerSession } from './designer-session.ts';
import { moveNodes, placeInside, remove, withContent } from './document-edits.ts';
import { nodeItems } from './pick-nodes.tsx';

/*
 * What a hand does by dragging – connect, disconnect, put into a container – by picking from lists instead.
 */

/** Asks for the port, where there are several, and for the step it is to lead to. */
export function connectSelected(designer: DesignerSession): void {
  const { model } = designer;
  const node = model.selectedNode;
  if (!node) return;
  const ports = indexGraph(model.document).ports.get(node.id) ?? [];
  const [only] = ports;
  if (ports.length === 1 && only) pickTarget(designer, node.id, only);
  else
    pick(designer, {
      title: 'Connect from which port',
      placeholder: 'Port',
      items: ports.map((port) => ({
        id: port.id,
        label: port.label,
        ...(port.kind === 'inner' && { detail: 'What it holds' }),
        run: () => pickTarget(designer, node.id, port),
      })),
    });
}

function pickTarget(designer: DesignerSession, source: NodeId, port: Port): void {
  const { model } = designer;
  const index = indexGraph(model.document);
  const targets = model.document.nodes.filter(({ id }) => canConnectIn(index, { source, sourcePort: port.id, target: id }).ok);
  if (targets.length === 0) {
    toast({ shape: 'warning', title: 'Nothing to connect to', detail: `No step can follow ${port.label} of “${nameOf(index, source)}”.` });
    return;
  }
  pick(designer, {
    title: `Connect ${nameOf(index, source)}${port.id === 'out' ? '' : `, ${port.label},`} to`,
    placeholder: 'Step',
    items: nodeItems(designer, targets, ({ id }) => model.connect({ source, sourcePort: port.id, target: id })),
  });
}

/** Lists the edges of the selected node to remove one. */
export function disconnectSelected(designer: DesignerSession): void {
  const { model } = designer;
  const node = model.selectedNode;
  if (!node) return;
  const index = indexGraph(model.document);
  const edges = model.document.edges.filter(({ source, target }) => source === node.id || target === node.id);
  pick(designer, {
    title: 'Remove which edge',
    placeholder: 'Edge',
    items: edges.map((edge): PickItem => ({
      id: edge.id,
      label: edge.source === node.id ? `To ${nameOf(index, edge.target)}` : `From ${nameOf(index, edge.source)}`,
      detail: portOf(index, edge.source, edge.sourcePort),
      run: () => model.change('Disconnect', (before) => remove(before, new Set(), new Set([edge.id]))),
    })),
  });
}

function portOf(index: GraphIndex, node: NodeId, port: string): string {
  return index.ports.get(node)?.find(({ id }) => id === port)?.label ?? port;
}

/** Asks for the container the selection is to go into; the top level is one of the answers. */
export function moveSelectionInto(designer: DesignerSession): void {
  const { model } = designer;
  const { document } = model;
  const roots = selectionRoots(document, model.selection.nodes);
  const inside = withContent(document, model.selection.nodes);
  const from = new Set(roots.map(({ parent }) => parent));
  const into = document.nodes.filter(
    ({ id, type }) => standardCatalogue.get(type)?.container && !inside.has(id) && !(from.size === 1 && from.has(id)),
  );
  pick(designer, {
    title: 'Move into',
    placeholder: 'Container',
    items: [
      ...(from.size === 1 && from.has(null)
        ? []
        : [{ id: 'top', label: 'Out of all containers', detail: 'Top level', run: () => moveInto(designer, null) }]),
      ...nodeItems(designer, into, ({ id }) => moveInto(designer, id)),
    ],
  });
}

function moveInto({ model, stage }: DesignerSession, parent: NodeId | null): void {
  const roots = selectionRoots(model.document, model.selection.nodes).filter(({ type }) => standardCatalogue.get(type)?.hasInput !== false);
  let removed = 0;
  model.change('Move', (before) =>
    roots.reduce((document, node) => {
      const container = parent === null ? undefined : document.nodes.find(({ id }) => id === parent);
      const size = nodeSize(node);
      const place = container
        ? placeInside(document, container, size)
        : { parent: null, position: { x: node.position.x, y: lowest(document.nodes.filter((one) => one.parent === null)) + 32 } };
      const moved = moveNodes(document, [{ node: node.id, ...place }]);
      removed += moved.removedEdges;
      return moved.document;
    }, before),
  );
  if (removed > 0) sayEdgesRemoved(model, removed);
  const [first] = roots;
  if (first) stage.reveal(model.document, first.id);
}

function lowest(nodes: DesignerModel['document']['nodes']): number {
  return Math.max(0, ...nodes.map((node) => node.position.y + nodeSize(node).height));
}

export function sayEdgesRemoved(model: DesignerModel, removed: number): void {
  toast({
    shape: 'warning',
    title: removed === 1 ? 'One edge was removed' : `${removed} edges were removed`,
    detail: 'An edge cannot cross the rim of a container.',
    action: { label: 'Undo', run: () => model.undo() },
  });
}

function pick({ screen }: DesignerSession, what: { title: string; placeholder: string; items: readonly PickItem[] }): void {
  screen.setState({ dialog: 'pick', pick: what });
}
