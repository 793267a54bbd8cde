import type { EdgeId } from '@perdure/graph';

/** An edge that runs sideways above its target: from one column to another, in a band it shares with others. */
export interface Run {
  edge: EdgeId;
  source: string;
  port: string;
  target: string;
  from: number;
  to: number;
  exceptional: boolean;
  /** Room between the source's bottom and the target's top. */
  room: number;
}

export const laneSpacing = 12;
const plainLane = 20;
const lowestLane = 18;
const margin = 12;

/**
 * How far above the targets of one row each run lies, so that runs which have nothing in common do not lie on each other:
 * 12 px apart. Edges to one target, or from one port, share a run. Runs of one node keep to one lane where they can.
 */
export function assignLanes(row: readonly Run[]): Map<EdgeId, number> {
  const lanes: Run[][] = [];
  const laneOfSource = new Map<string, number>();
  const placed = new Map<EdgeId, number>();
  const sorted = row.toSorted((a, b) => Number(b.exceptional) - Number(a.exceptional) || Math.abs(b.to - b.from) - Math.abs(a.to - a.from));
  for (const run of sorted) {
    const most = Math.max(0, Math.floor((run.room - 8 - lowestLane) / laneSpacing));
    const sibling = laneOfSource.get(run.source);
    let lane = sibling !== undefined && isFree(lanes[sibling], run) ? sibling : 0;
    while (lane < most && !isFree(lanes[lane], run)) lane += 1;
    (lanes[lane] ??= []).push(run);
    laneOfSource.set(run.source, lane);
    placed.set(run.edge, lane);
  }
  const base = lanes.filter((lane) => lane !== undefined).length > 1 || sorted[0]?.exceptional ? lowestLane : plainLane;
  return new Map([...placed].map(([edge, lane]) => [edge, base + lane * laneSpacing]));
}

function isFree(lane: readonly Run[] | undefined, run: Run): boolean {
  return !lane?.some((other) => {
    const shares =
      other.exceptional === run.exceptional && (other.target === run.target || (other.source === run.source && other.port === run.port));
    return (
      !shares &&
      Math.min(other.from, other.to) < Math.max(run.from, run.to) + margin &&
      Math.min(run.from, run.to) < Math.max(other.from, other.to) + margin
    );
  });
}
