import type { InstanceState, OpenStep } from '@perdure/engine';
import type { EdgeId, NodeId, WorkflowDocument } from '@perdure/graph';
import { type EdgeRun, type NodeRun, type NodeRunStatus, type NodeWait, untouchedNode } from '../canvas/fold-run-state.ts';

/**
 * What the canvas can show from the engine's state alone, until the history behind it has been folded: what is open, and what was passed in
 * the frames that are open. The state forgets what is done: visits inside items that ended and the path through them are missing.
 */
export function pictureOfState(
  state: InstanceState,
  document: WorkflowDocument,
): { nodes: Map<NodeId, NodeRun>; edges: Map<EdgeId, EdgeRun> } {
  const nodes = new Map<NodeId, NodeRun>();
  const visit = (node: NodeId, change: Partial<NodeRun>): void => {
    nodes.set(node, { ...(nodes.get(node) ?? untouchedNode), ...change });
  };
  for (const frame of state.frames.values()) {
    for (const [node, visits] of frame.visits) visit(node, { visits: (nodes.get(node)?.visits ?? 0) + visits });
    for (const [node, { arrived, fired }] of frame.joins) {
      const waiting = [...arrived.values()].filter((count) => count > fired).length;
      visit(node, { visits: fired, arrived: waiting, ...(waiting > 0 ? { status: 'waiting', wait: { kind: 'join' } } : {}) });
    }
  }
  const active = new Set<EdgeId>();
  for (const step of state.steps.values()) {
    const before = nodes.get(step.node);
    const wait = waitOf(state, step);
    const status: NodeRunStatus =
      state.status === 'Suspended' ? 'suspended' : wait === null || before?.status === 'running' ? 'running' : 'waiting';
    visit(step.node, {
      status,
      wait: status === 'running' ? null : wait,
      openSteps: (before?.openSteps ?? 0) + 1,
      visits: Math.max(before?.visits ?? 0, 1),
      openedAt: step.openedAt,
      attempt: 'attempt' in step ? step.attempt : 0,
      latestStep: step.key,
      ...(step.kind === 'container' ? itemsOf(step) : {}),
    });
    if (step.via !== null) active.add(step.via);
  }
  const edges = new Map<EdgeId, EdgeRun>();
  for (const { id, source, target } of document.edges) {
    const isStart = document.nodes.find((node) => node.id === source)?.type === 'start';
    const passed = isStart || nodes.has(source);
    if (active.has(id)) edges.set(id, { taken: 1, active: true });
    else if (passed && nodes.has(target)) edges.set(id, { taken: 1, active: false });
  }
  return { nodes, edges };
}

function itemsOf({ container, passes }: OpenStep & { kind: 'container' }): Partial<NodeRun> {
  if (container.type === 'forEach')
    return { items: { done: container.done, failed: container.failed, running: container.running, total: container.count } };
  return { items: { done: container.type === 'loop' ? container.passes - passes.size : 0, failed: 0, running: passes.size, total: null } };
}

function waitOf(state: InstanceState, step: OpenStep): NodeWait | null {
  switch (step.kind) {
    case 'activity':
      if (step.phase === 'scheduled') return null;
      if (step.phase === 'quarantined') return { kind: 'quarantine' };
      return { kind: 'retry', until: [...state.timers.values()].find((timer) => timer.step === step.key)?.fireAt ?? 0 };
    case 'timer':
      return { kind: 'timer', until: step.fireAt };
    case 'event':
      return { kind: 'event', name: step.name };
    case 'humanTask':
      return { kind: 'task', claimedBy: step.holders[0]?.by ?? null };
    case 'subWorkflow':
      return { kind: 'subWorkflow', instanceId: step.child };
    case 'entityCall':
      return { kind: 'entity', entity: step.entity };
    case 'container':
      return step.container.type === 'scope' && step.container.lock?.held === false
        ? { kind: 'lock', entities: step.container.lock.entities }
        : null;
  }
}
