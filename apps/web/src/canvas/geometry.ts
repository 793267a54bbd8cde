import { inputPosition, nodeSize, portPositions, type Catalogue, type GraphNode, type Port, type PortPosition } from '@perdure/graph';

/** A node's size and where its ports are, relative to its top left corner. */
export interface Geometry {
  width: number;
  height: number;
  input: PortPosition | null;
  ports: readonly { port: Port; position: PortPosition }[];
  isContainer: boolean;
}

const known = new WeakMap<Catalogue, WeakMap<GraphNode, Geometry>>();

/** Nodes never change in place, so each is worked out once: a document of thousands differs from the one before in one or two of them. */
export function geometryOf(node: GraphNode, catalogue: Catalogue): Geometry {
  let ofCatalogue = known.get(catalogue);
  if (!ofCatalogue) known.set(catalogue, (ofCatalogue = new WeakMap()));
  let geometry = ofCatalogue.get(node);
  if (!geometry) {
    geometry = {
      ...nodeSize(node, catalogue),
      input: inputPosition(node, catalogue),
      ports: portPositions(node, catalogue),
      isContainer: catalogue.get(node.type)?.container ?? false,
    };
    ofCatalogue.set(node, geometry);
  }
  return geometry;
}

/** Whether a changed node looks and connects the same from outside. */
export function isSamePlace(before: GraphNode, after: GraphNode, catalogue: Catalogue): boolean {
  if (before === after) return true;
  const a = geometryOf(before, catalogue);
  const b = geometryOf(after, catalogue);
  return (
    before.id === after.id &&
    before.parent === after.parent &&
    before.collapsed === after.collapsed &&
    before.position.x === after.position.x &&
    before.position.y === after.position.y &&
    a.width === b.width &&
    a.height === b.height &&
    a.isContainer === b.isContainer &&
    (a.input === null) === (b.input === null) &&
    a.ports.length === b.ports.length &&
    a.ports.every(({ port, position }, i) => {
      const other = b.ports[i];
      return other?.port.id === port.id && other.position.x === position.x && other.position.y === position.y;
    })
  );
}
