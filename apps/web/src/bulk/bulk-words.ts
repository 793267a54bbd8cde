import type { BulkAction, BulkBecame, BulkItemState, BulkJob, BulkRequest, InstanceFilterInput } from '@perdure/server/contract';
import type { StatusShape } from '../status/status-icon.tsx';
import { versionWords } from '../components/version-words.ts';

interface ActionWords {
  verb: string;
  doing: string;
  done: string;
  /** What it means for those it is done to. */
  meaning: string;
}

export const ACTION_WORDS: Readonly<Record<BulkAction, ActionWords>> = {
  retry: {
    verb: 'Retry',
    doing: 'Retrying',
    done: 'Retried',
    meaning:
      'Failed instances go on from the step that failed; steps that wait for their next attempt have it now. Steps already done are not run again.',
  },
  rewind: {
    verb: 'Rewind',
    doing: 'Rewinding',
    done: 'Rewound',
    meaning: 'What failed runs again with the same keys for its receivers. Steps already done are not run again.',
  },
  migrate: {
    verb: 'Migrate',
    doing: 'Migrating',
    done: 'Migrated',
    meaning: 'Each is checked for where it stands. One that cannot go on in the new version stays as it is, and the job says why.',
  },
  suspend: {
    verb: 'Suspend',
    doing: 'Suspending',
    done: 'Suspended',
    meaning: 'They do nothing more until they are resumed. Results and events that come meanwhile are kept.',
  },
  resume: { verb: 'Resume', doing: 'Resuming', done: 'Resumed', meaning: 'They go on from where they stand.' },
  terminate: {
    verb: 'Terminate',
    doing: 'Terminating',
    done: 'Terminated',
    meaning: 'They stop where they are. Steps already done are not undone. This cannot be taken back.',
  },
  purge: {
    verb: 'Purge',
    doing: 'Purging',
    done: 'Purged',
    meaning: 'Their history, data and tasks are deleted. The job keeps their ids. This cannot be taken back.',
  },
  raiseEvent: {
    verb: 'Raise event',
    doing: 'Raising an event',
    done: 'Raised an event',
    meaning: 'Each gets the event once. Where no step waits for it now, it is kept until one does.',
  },
};

export function countedInstances(count: number): string {
  return count === 1 ? '1 instance' : `${count.toLocaleString('en')} instances`;
}

/** `Retry 214 instances`, `Migrate 38 instances to v3`. In `form`: as something that goes on, or that is over. */
export function requestWords(request: BulkRequest, count: number, form: 'verb' | 'doing' | 'done' = 'verb'): string {
  const words = ACTION_WORDS[request.action][form];
  if (request.action === 'raiseEvent') return `${words.replace(/(an )?event/, request.name)} in ${countedInstances(count)}`;
  const aim = request.action === 'migrate' ? ` to ${versionWords(request.version)}` : '';
  return `${words} ${countedInstances(count)}${aim}`;
}

/** How many of its instances it is through with, whatever became of them. */
export function settledCount({ done, skipped, failed }: Pick<BulkJob, 'done' | 'skipped' | 'failed'>): number {
  return done + skipped + failed;
}

/** `187 done, 3 failed, 2 skipped` */
export function outcomeWords({ done, skipped, failed }: Pick<BulkJob, 'done' | 'skipped' | 'failed'>): string {
  const parts: [number, string][] = [
    [done, 'done'],
    [failed, 'failed'],
    [skipped, 'skipped'],
  ];
  const told = parts.filter(([count], index) => index === 0 || count > 0);
  return told.map(([count, words]) => `${count.toLocaleString('en')} ${words}`).join(', ');
}

export const JOB_STATUS: Readonly<Record<BulkJob['status'], { label: string; shape: StatusShape }>> = {
  running: { label: 'Running', shape: 'running' },
  paused: { label: 'Paused', shape: 'suspended' },
  finished: { label: 'Finished', shape: 'completed' },
  stopped: { label: 'Stopped', shape: 'terminated' },
};

export const ITEM_STATE: Readonly<Record<BulkItemState, { label: string; shape: StatusShape }>> = {
  waiting: { label: 'Not yet', shape: 'pending' },
  underway: { label: 'Underway', shape: 'running' },
  done: { label: 'Done', shape: 'completed' },
  skipped: { label: 'Skipped', shape: 'canceled' },
  failed: { label: 'Failed', shape: 'failed' },
};

/** What an item's state is called: what was done to it, rather than that it is done with. */
export function itemWords(state: BulkItemState, action: BulkAction): string {
  if (state !== 'done') return ITEM_STATE[state].label;
  return action === 'raiseEvent' ? 'Raised' : ACTION_WORDS[action].done;
}

/** `180 Completed, 30 Running, 4 Failed` */
export function becameWords({ statuses, of }: BulkBecame): string {
  const words = statuses.map(({ status, value }) => `${value.toLocaleString('en')} ${status === 'Gone' ? 'purged' : status}`).join(', ');
  return of === null ? words : `${words}, of the first ${of.toLocaleString('en')}`;
}

/** What was chosen: `Rows ticked in the list`, `Status Failed, workflow order-approval`. */
export function selectionWords(filter: InstanceFilterInput): string {
  if (filter.ids !== undefined) return 'Rows ticked in the list';
  const told = Object.entries(filter).flatMap(([name, value]) => {
    const label = FILTER_LABELS[name as keyof InstanceFilterInput]; // Object.entries widens the names it gives
    if (label === undefined || value === undefined) return [];
    const text = Array.isArray(value) ? value.join(', ') : typeof value === 'number' && name.endsWith('Ms') ? `${value / 1_000} s` : value;
    return [value === true ? label : `${label} ${String(text)}`];
  });
  const words = told.join(', ');
  return words === '' ? 'All instances' : words.charAt(0).toUpperCase() + words.slice(1);
}

const FILTER_LABELS: Readonly<Partial<Record<keyof InstanceFilterInput, string>>> = {
  statuses: 'status',
  notStatuses: 'status not',
  workflowKeys: 'workflow',
  folder: 'folder',
  version: 'version',
  startedAfter: 'started after',
  startedBefore: 'started before',
  minDurationMs: 'took at least',
  maxDurationMs: 'took at most',
  text: 'text',
  tags: 'tag',
  errorCode: 'error code',
  incident: 'incident',
  waitingKinds: 'waits for',
  waitingEvent: 'waits for the event',
  waitingLongerThanMs: 'waits longer than',
  stuck: 'stuck',
};
