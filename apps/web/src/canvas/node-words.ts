import { formatDuration } from '@perdure/graph';
import type { StatusShape } from '../status/status-icon.tsx';
import type { NodeRun, NodeRunStatus } from './fold-run-state.ts';

export const statusWord: Record<NodeRunStatus, string> = {
  running: 'Running',
  waiting: 'Waiting',
  suspended: 'Suspended',
  completed: 'Completed',
  failed: 'Failed',
  canceled: 'Canceled',
};

/** Only these four carry a coloured ring; a finished node is neutral with its check. */
export const ringClass: Record<NodeRunStatus, string> = {
  running: 'run',
  waiting: 'waitn',
  suspended: 'susp',
  failed: 'failn',
  completed: '',
  canceled: '',
};

export function statusShapeOf(status: NodeRunStatus): StatusShape {
  return status;
}

/** A node's second line during a run; null leaves the summary of its config. `now` in epoch milliseconds. */
export function runLine(run: NodeRun, now: number): string | null {
  switch (run.status) {
    case 'running':
      if (run.items) return null;
      if (run.openSteps > 1) return `${run.openSteps} running`;
      return run.attempt > 0 ? `Attempt ${run.attempt}` : null;
    case 'waiting':
      return waitLine(run, now);
    case 'failed':
      return run.failure ? run.failure.message : null;
    default:
      return null;
  }
}

function waitLine({ wait, openSteps }: NodeRun, now: number): string | null {
  if (openSteps > 1) return `${openSteps} waiting`;
  switch (wait?.kind) {
    case 'retry':
      return wait.until > now ? `Retry in ${roundDuration(wait.until - now)}` : 'Retrying';
    case 'quarantine':
      return 'Held in quarantine';
    case 'timer':
      return wait.until > now ? `${roundDuration(wait.until - now)} left` : 'Due now';
    case 'event':
      return `Event ${wait.name}`;
    case 'task':
      return wait.claimedBy === null ? 'Waits for a decision' : 'Claimed, not decided yet';
    case 'subWorkflow':
      return `Waits for ${wait.instanceId}`;
    case 'entity':
      return `Waits for ${wait.entity.slice(1)}`;
    case 'lock':
      return wait.entities.length === 1
        ? `Waits to lock ${wait.entities[0]?.slice(1) ?? ''}`
        : `Waits to lock ${wait.entities.length} entities`;
    default:
      return null;
  }
}

/** Of what counts down: whole seconds, and never 0. */
export function roundDuration(ms: number): string {
  return formatDuration(Math.max(1000, Math.ceil(ms / 1000) * 1000));
}
