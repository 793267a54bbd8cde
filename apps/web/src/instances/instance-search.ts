import type { ShownStatus, WaitingKind } from '@perdure/server/contract';
import { readDuration } from '../components/duration-words.ts';

/** What the instance list shows, as it stands in the address. Unknown or broken parts are dropped: an old link still opens the list. */
export interface InstanceSearch {
  view?: InstanceView;
  /** A saved view that was opened; the filters beside it are what is shown. */
  saved?: string;
  workflow?: string[];
  /** Of the workflow: what runs on one version. */
  version?: number;
  status?: ShownStatus[];
  /** Started in the last … */
  started?: StartedWithin;
  text?: string;
  tag?: string[];
  /** Workflows in this folder and inside it. */
  folder?: string;
  /** It took, or takes, at least or at most so long: `2h`. */
  longer?: string;
  shorter?: string;
  /** Code of the error it failed with. */
  code?: string;
  /** An incident's fingerprint. */
  incident?: string;
  waits?: WaitingKind[];
  /** Name of the event it waits for. */
  event?: string;
  /** It has waited for longer than this: `2h`. */
  waiting?: string;
  /** Test runs only, or none of them. */
  tests?: 'only' | 'none';
  cursor?: string;
  direction?: 'older' | 'newer';
}

export const INSTANCE_VIEWS = ['open', 'failed', 'waiting', 'stuck', 'all'] as const;
export type InstanceView = (typeof INSTANCE_VIEWS)[number];

export const STARTED_WITHIN = { '15m': '15 minutes', '1h': '1 hour', '24h': '24 hours', '7d': '7 days', '30d': '30 days' } as const;
export type StartedWithin = keyof typeof STARTED_WITHIN;

export const WAITING_KINDS: Readonly<Record<WaitingKind, string>> = {
  humanTask: 'Human task',
  event: 'Event',
  timer: 'Timer',
  retry: 'Retry',
  subWorkflow: 'Sub-workflow',
  entity: 'Entity',
  lock: 'Entity lock',
  quarantined: 'Quarantine',
};

/** The filters of an address: all but where one is in the list, and which view it is. */
export const FILTER_KEYS = [
  'workflow',
  'version',
  'folder',
  'status',
  'started',
  'longer',
  'shorter',
  'text',
  'tag',
  'tests',
  'code',
  'incident',
  'waits',
  'event',
  'waiting',
] as const satisfies readonly (keyof InstanceSearch)[];

export const STATUSES: readonly ShownStatus[] = [
  'Pending',
  'Running',
  'Waiting',
  'Suspended',
  'Completed',
  'Failed',
  'Terminated',
  'Canceled',
];

export function parseInstanceSearch(search: Record<string, unknown>): InstanceSearch {
  const found: InstanceSearch = {};
  const view = INSTANCE_VIEWS.find((key) => key === search['view']);
  if (view) found.view = view;
  const workflow = texts(search['workflow']);
  if (workflow.length > 0) found.workflow = workflow;
  const version = Number(search['version']);
  if (Number.isInteger(version) && version > 0) found.version = version;
  const status = STATUSES.filter((word) => texts(search['status']).includes(word));
  if (status.length > 0) found.status = status;
  if (typeof search['started'] === 'string' && Object.hasOwn(STARTED_WITHIN, search['started']))
    found.started = search['started'] as StartedWithin; // just checked
  // The router reads `text=42` as a number.
  if (typeof search['text'] === 'string' || typeof search['text'] === 'number') found.text = String(search['text']);
  if (search['tests'] === 'only' || search['tests'] === 'none') found.tests = search['tests'];
  const waits = (Object.keys(WAITING_KINDS) as WaitingKind[]).filter((kind) => texts(search['waits']).includes(kind)); // the keys of the record
  if (waits.length > 0) found.waits = waits;
  for (const name of ['folder', 'code', 'incident', 'event', 'saved'] as const) {
    const value = search[name];
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') found[name] = String(value);
  }
  for (const name of ['longer', 'shorter', 'waiting'] as const) {
    const value = search[name];
    if (typeof value === 'string' && readDuration(value) !== undefined) found[name] = value;
  }
  const tag = texts(search['tag']);
  if (tag.length > 0) found.tag = tag;
  if (typeof search['cursor'] === 'string' || typeof search['cursor'] === 'number') found.cursor = String(search['cursor']);
  if (search['direction'] === 'newer' || search['direction'] === 'older') found.direction = search['direction'];
  return found;
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}
