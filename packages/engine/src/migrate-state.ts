import type { EdgeId, NodeId } from '@perdure/graph';
import type { EventBody } from './history-event.ts';
import type { Frame, InstanceState, JoinState } from './state.ts';

/**
 * The state as the new version's: what is open or waits stands at the nodes and edges that take the place of its own. Keys of steps, and so of
 * timers, tasks, children and activities, stay as they are; visits are counted on by name, so that no key is given twice. [O10]
 */
export function migrateState(state: InstanceState, event: EventBody & { type: 'VersionMigrated' }): void {
  const nodes = new Map(Object.entries(event.nodes)) as ReadonlyMap<string, NodeId>;
  const edges = new Map(Object.entries(event.edges)) as ReadonlyMap<string, EdgeId>;
  const nodeFor = (id: NodeId): NodeId => nodes.get(id) ?? id;
  state.version = event.version;
  for (const step of state.steps.values()) {
    step.node = nodeFor(step.node);
    if (step.via !== null) step.via = edges.get(step.via) ?? step.via;
  }
  for (const work of state.deferred) {
    if (work.type !== 'leave' && work.type !== 'fail') continue;
    work.node = nodeFor(work.node);
    if (work.was) work.was = { ...work.was, node: nodeFor(work.was.node) };
  }
  const incoming = new Map(event.joins.map((join) => [join.node, join.incoming]));
  for (const frame of state.frames.values()) {
    if (frame.node !== null) frame.node = nodeFor(frame.node);
    frame.outputs = renamed(frame.outputs, nodes);
    frame.joins = migratedJoins(frame, nodes, edges, incoming);
  }
}

/** What is named explicitly comes after what keeps its name, and takes its place. */
function renamed<Value>(values: ReadonlyMap<NodeId, Value>, nodes: ReadonlyMap<string, NodeId>): Map<NodeId, Value> {
  const kept = [...values].filter(([node]) => !nodes.has(node));
  const moved = [...values].flatMap(([node, value]): [NodeId, Value][] => {
    const to = nodes.get(node);
    return to === undefined ? [] : [[to, value]];
  });
  return new Map([...kept, ...moved]);
}

function migratedJoins(
  { joins }: Frame,
  nodes: ReadonlyMap<string, NodeId>,
  edges: ReadonlyMap<string, EdgeId>,
  incoming: ReadonlyMap<NodeId, readonly EdgeId[]>,
): Map<NodeId, JoinState> {
  const migrated = new Map<NodeId, JoinState>();
  for (const [node, join] of renamed(joins, nodes)) {
    const wanted = incoming.get(node);
    // A join that the new version does not have holds nothing: its tokens have all gone on.
    if (!wanted) continue;
    const arrived = new Map([...join.arrived].map(([edge, count]) => [edges.get(edge) ?? edge, count]));
    // A new edge takes part from the next pass on.
    migrated.set(node, { ...join, arrived: new Map(wanted.map((edge) => [edge, arrived.get(edge) ?? join.fired])) });
  }
  return migrated;
}
