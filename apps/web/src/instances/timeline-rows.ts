import type { GraphNode, NodeId, WorkflowDocument } from '@perdure/graph';
import type { StepFold, StepRecord } from './fold-steps.ts';
import { mergeSpans } from './time-scale.ts';

/** A row of the timeline: a node that was reached. */
export interface TimelineRow {
  node: GraphNode;
  depth: number;
  visits: readonly StepRecord[];
  /** A container whose content was reached: what is in it can be shown or hidden. */
  opens: boolean;
  isOpen: boolean;
}

/**
 * Nodes in the order they were first reached, those of a container behind it. What runs once per item or pass is hidden until its container
 * is opened: one readable row instead of all of them.
 */
export function timelineRows(document: WorkflowDocument, steps: StepFold, toggled: ReadonlySet<NodeId>): TimelineRow[] {
  const reached = document.nodes.flatMap((node) => {
    const visits = steps.byNode.get(node.id);
    return visits?.[0] ? [{ node, visits, first: visits[0].openedSeq }] : [];
  });
  reached.sort((a, b) => a.first - b.first);
  const inside = new Map<NodeId | null, typeof reached>();
  for (const row of reached) inside.set(row.node.parent, [...(inside.get(row.node.parent) ?? []), row]);
  const rows: TimelineRow[] = [];
  const add = (parent: NodeId | null, depth: number): void => {
    for (const { node, visits } of inside.get(parent) ?? []) {
      const opens = inside.has(node.id);
      const isOpen = opens && (node.type === 'scope') !== toggled.has(node.id);
      rows.push({ node, depth, visits, opens, isOpen });
      if (isOpen) add(node.id, depth + 1);
    }
  };
  add(null, 0);
  return rows;
}

/** Everything that happened, and when something worked: what the axis is made of. */
export function timelineMoments(steps: StepFold, now: number): { moments: number[]; busy: { from: number; to: number }[] } {
  const moments: number[] = [now];
  const busy: { from: number; to: number }[] = [];
  for (const step of steps.steps.values()) {
    moments.push(step.openedAt);
    if (step.closedAt !== null) moments.push(step.closedAt);
    for (const attempt of step.attempts) {
      moments.push(attempt.startedAt, attempt.endedAt ?? now);
      // A sub-workflow's attempt is a wait for somebody else's work.
      if (step.child === null) busy.push({ from: attempt.startedAt, to: attempt.endedAt ?? now });
    }
    for (const wait of step.waits) moments.push(wait.from, ...(wait.to === null ? [] : [wait.to]));
  }
  return { moments, busy };
}

/** How long at least one activity was at work. */
export function activeTimeMs(steps: StepFold, now: number): number {
  return mergeSpans(timelineMoments(steps, now).busy).reduce((sum, { from, to }) => sum + to - from, 0);
}
