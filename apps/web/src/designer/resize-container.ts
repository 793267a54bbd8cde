import type { NodeId, WorkflowDocument } from '@perdure/graph';

/** Gives a container another place and size in its own container. What is inside keeps its place on the canvas. */
export function resizeContainer(
  document: WorkflowDocument,
  id: NodeId,
  box: { x: number; y: number; width: number; height: number },
): WorkflowDocument {
  const container = document.nodes.find((node) => node.id === id);
  if (!container) return document;
  const dx = box.x - container.position.x;
  const dy = box.y - container.position.y;
  const shifted = <Thing extends { position: { x: number; y: number } }>(thing: Thing): Thing => ({
    ...thing,
    position: { x: thing.position.x - dx, y: thing.position.y - dy },
  });
  const moves = dx !== 0 || dy !== 0;
  return {
    ...document,
    nodes: document.nodes.map((node) => {
      if (node === container) return { ...node, position: { x: box.x, y: box.y }, size: { width: box.width, height: box.height } };
      return moves && node.parent === id ? shifted(node) : node;
    }),
    ...(document.notes && { notes: document.notes.map((note) => (moves && note.parent === id ? shifted(note) : note)) }),
  };
}
