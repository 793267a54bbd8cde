/**
 * The list of workflow instances, narrowed by anything, a page at a time, in the order of creation.
 *
 * L1 A page costs what it shows: it is united of branches, each of which walks an index from the page's place and stops when it is full.
 * L2 What the read models say (standing, failures) only finds candidates: every instance is asked itself before it is shown. A count of those
 *    that stand somewhere believes the read model, which is a second or two old: asking ten thousand would cost more than the page.
 * L3 A count is exact up to a limit and stops there.
 * L4 Parts of an id are looked for in the newest `partsSearchedIn` instances only; everything else is found however old it is.
 */
import type { InstanceStatus } from '@perdure/engine';
import type { PrismaClient } from '../generated/client.ts';
import { sqlFile } from '../sql-file.ts';
import { sqlParts, SqlValues } from '../sql-parts.ts';
import type { InstanceRecord, ShownStatus } from './instance-row.ts';

export interface InstanceFilter {
  /** These and no others. */
  ids?: readonly string[] | undefined;
  statuses?: readonly ShownStatus[] | undefined;
  notStatuses?: readonly ShownStatus[] | undefined;
  workflowKeys?: readonly string[] | undefined;
  version?: number | undefined;
  startedAfter?: Date | undefined;
  startedBefore?: Date | undefined;
  /** From start to end, or until now. */
  minDurationMs?: number | undefined;
  maxDurationMs?: number | undefined;
  /** Part of an id (L4), or of the text or code of what it waits for or failed with. */
  text?: string | undefined;
  /** All of them. */
  tags?: readonly string[] | undefined;
  idPrefix?: string | undefined;
  /** Only test runs, or none. */
  isTest?: boolean | undefined;
  /** It failed with this. */
  errorCode?: string | undefined;
  /** It is failed, or stuck, in this incident. */
  incident?: string | undefined;
  waitingKinds?: readonly string[] | undefined;
  waitingEvent?: string | undefined;
  /** For longer than this; says more of `waitingKinds` or `waitingEvent`, or of whatever it waits for. */
  waitingLongerThanMs?: number | undefined;
  /** Nothing will ever wake it. */
  stuck?: boolean | undefined;
}

/** L4 */
export const partsSearchedIn = 20_000;

/** A place in the order of creation; ids break ties. */
export interface InstancePlace {
  createdAt: Date;
  id: string;
}

export interface InstancePage {
  /** In the order asked for: `older` newest first, `newer` oldest first. */
  rows: InstanceRecord[];
  more: boolean;
}

/** Up to `limit` instances beyond `from` (from the end when null). Keyset paging: the cost does not grow with the page number. */
export async function listInstances(
  prisma: PrismaClient,
  filter: InstanceFilter,
  page: { direction: 'older' | 'newer'; from: InstancePlace | null; limit: number },
): Promise<InstancePage> {
  const values = new SqlValues();
  const order = page.direction === 'older' ? 'newest first' : 'oldest first';
  const limit = page.limit + 1;
  const sql = [
    'WITH picked AS MATERIALIZED (SELECT created_at, id FROM (',
    unitedBranches(filter, values, ({ at, id }) => {
      const beyond = page.from === null ? '' : part(page.direction);
      const place = { createdAt: page.from?.createdAt, id: page.from?.id, limit };
      return values.bind(`${beyond}\n${part(order)}`.replaceAll('@at', at).replaceAll('@id', id), place);
    }),
    ') AS united',
    values.bind(part(order).replaceAll('@at', 'created_at').replaceAll('@id', 'id'), { limit }),
    ')',
    columnsSql,
    'WHERE i.id IN (SELECT id FROM picked)',
    values.bind(part(order).replaceAll('@at', 'i.created_at').replaceAll('@id', 'i.id'), { limit }),
  ].join('\n');
  const rows = await prisma.$queryRawUnsafe<InstanceRecord[]>(sql, ...values.list);
  return { rows: rows.slice(0, page.limit), more: rows.length > page.limit };
}

/** Exact up to `exactUpTo`; beyond that `exactUpTo` and `exact: false` (L3). */
export async function countInstances(
  prisma: PrismaClient,
  filter: InstanceFilter,
  exactUpTo = 10_000,
): Promise<{ value: number; exact: boolean }> {
  const values = new SqlValues();
  const limit = exactUpTo + 1;
  const united = unitedBranches(filter, values, () => values.bind('LIMIT :limit', { limit }), true);
  const sql = `SELECT count(*)::int AS value FROM (SELECT 1 FROM (${united}) AS u ${values.bind('LIMIT :limit', { limit })}) AS counted`;
  const [row] = await prisma.$queryRawUnsafe<{ value: number }[]>(sql, ...values.list);
  const value = row?.value ?? 0;
  return value > exactUpTo ? { value: exactUpTo, exact: false } : { value, exact: true };
}

/**
 * All ids the filter finds, for whoever acts on them: a statement that gives `id`, and its values. Its values begin at $1; further ones are placed behind.
 */
export function selectInstanceIds(filter: InstanceFilter): { sql: string; values: unknown[] } {
  const values = new SqlValues();
  return { sql: `SELECT DISTINCT id FROM (${unitedBranches(filter, values, () => '')}) AS found`, values: values.list };
}

const columnsSql = sqlFile(import.meta.url, 'instance-columns.sql');
const part = sqlParts(import.meta.url, 'instance-list.sql');

type Source = 'all' | 'failures' | 'standing' | 'newest';

interface Branch {
  from: Source;
  /** Names of parts. */
  where: readonly string[];
  /** Of those: what asks the instance itself (L2). */
  check?: readonly string[];
  /** Values of this branch alone. */
  own?: Readonly<Record<string, unknown>>;
}

/** The branches' columns of the order: an index on them is walked, so that they are of the table that was narrowed. */
const orderColumns: Readonly<Record<Source, { at: string; id: string }>> = {
  all: { at: 'i.created_at', id: 'i.id' },
  newest: { at: 'i.created_at', id: 'i.id' },
  failures: { at: 'x.created_at', id: 'x.instance_id' },
  standing: { at: 'x.created_at', id: 'x.instance_id' },
};

function unitedBranches(
  given: InstanceFilter,
  values: SqlValues,
  end: (columns: { at: string; id: string }) => string,
  counts = false,
): string {
  // An empty text narrows nothing.
  const filter = { ...given, text: given.text || undefined, idPrefix: given.idPrefix || undefined };
  const asked = filterValues(filter);
  const { branches, sees } = searchFor(filter);
  const every = narrowing(filter, asked, sees, values);
  const found = branches.map(({ from: source, where: found, check = [], own = {} }) => {
    const believed = counts && source === 'standing' && every === '';
    const from = believed ? 'standing alone' : source;
    const columns = orderColumns[source];
    const where = [...found, ...(believed ? [] : check)].map((name) => values.bind(part(name), { ...asked, ...own })).join('\n');
    return `(SELECT ${columns.at} AS created_at, ${columns.id} AS id\n${part(`from ${from}`)}\n${where}\n${every}\n${end(columns)})`;
  });
  // Nothing is asked for that could be found, such as no status at all.
  if (found.length === 0) return `(SELECT created_at, id FROM instance WHERE false)`;
  // Those of a text may find the same instance; so may where it stands and that it has just begun.
  const mayRepeat = filter.text !== undefined || branches.some(({ where }) => where.some((name) => name.startsWith('just begun')));
  return found.join(mayRepeat ? '\nUNION\n' : '\nUNION ALL\n');
}

const allShown: readonly ShownStatus[] = ['Pending', 'Running', 'Waiting', 'Suspended', 'Completed', 'Failed', 'Terminated', 'Canceled'];
const unfinished: readonly InstanceStatus[] = ['Pending', 'Running', 'Suspended'];
/** More workflows than this are found along the order of all. */
const mostWorkflowBranches = 30;

interface Search {
  branches: readonly Branch[];
  /** Pieces of `narrowing` that the branches themselves see to. */
  sees: readonly string[];
}

/** How the instances are found. One filter decides; the others narrow what it finds. */
function searchFor(filter: InstanceFilter): Search {
  const { ids, incident, text, idPrefix, errorCode, stuck, waitingEvent, waitingKinds, waitingLongerThanMs } = filter;
  if (ids !== undefined) return { branches: [{ from: 'all', where: ['is id'] }], sees: ['is id'] };
  if (incident !== undefined)
    return {
      branches: [
        { from: 'failures', where: ['of incident'] },
        { from: 'standing', where: ['stuck in incident'], check: ['still there'] },
      ],
      sees: ['in incident'],
    };
  if (text !== undefined)
    return {
      branches: [
        { from: 'all', where: ['starts with'] },
        { from: 'newest', where: ['contains'] },
        { from: 'failures', where: ['fails with text'] },
        { from: 'standing', where: ['stands with text'], check: ['still for that'] },
      ],
      sees: ['with text'],
    };
  if (idPrefix !== undefined) return { branches: [{ from: 'all', where: ['starts with'] }], sees: ['with prefix'] };
  if (errorCode !== undefined) return { branches: [{ from: 'failures', where: ['has code'] }], sees: ['with code'] };
  if (stuck === true) return { branches: [{ from: 'standing', where: ['stuck'], check: ['still there'] }], sees: ['is stuck'] };
  const since = waitingLongerThanMs === undefined ? [] : ['waits since'];
  if (waitingEvent !== undefined)
    return {
      branches: [{ from: 'standing', where: ['waits for event', ...since], check: ['still waits', 'still for that'] }],
      sees: ['with event', 'waiting since'],
    };
  if (waitingKinds !== undefined)
    return {
      branches: waitingKinds.map((kind) => ({
        from: 'standing',
        where: ['waits for kind', ...since],
        check: ['still waits', 'still of that kind'],
        own: { kind },
      })),
      sees: ['with kinds', 'waiting since'],
    };
  if (since.length > 0)
    return { branches: [{ from: 'standing', where: ['stands waiting', ...since], check: ['still waits'] }], sees: ['waiting since'] };
  if (filter.minDurationMs !== undefined || filter.maxDurationMs !== undefined)
    return { branches: durationBranches(filter), sees: ['duration at least', 'duration at most'] };
  const shown = shownStatuses(filter);
  if (shown !== null) return { branches: statusBranches(shown), sees: ['shown status'] };
  const workflows = filter.workflowKeys;
  if (workflows !== undefined && workflows.length <= mostWorkflowBranches)
    return {
      branches: workflows.map((workflow) => ({ from: 'all', where: ['of workflow'], own: { workflow } })),
      sees: ['workflows'],
    };
  return { branches: [{ from: 'all', where: [] }], sees: [] };
}

/** The finished ones by how long they took, the others, which are still at it, by when they began. */
function durationBranches({ minDurationMs, maxDurationMs }: InstanceFilter): Branch[] {
  const both = (least: string, most: string): string[] => [
    ...(minDurationMs === undefined ? [] : [least]),
    ...(maxDurationMs === undefined ? [] : [most]),
  ];
  return [
    { from: 'all', where: both('took at least', 'took at most') },
    ...unfinished.map((status): Branch => ({
      from: 'all',
      where: ['has status', ...both('takes at least', 'takes at most')],
      own: { status },
    })),
  ];
}

/** Running and Waiting are one stored status: the two together are found by it, one of them by where instances stand. */
function statusBranches(shown: readonly ShownStatus[]): Branch[] {
  const both = shown.includes('Running') && shown.includes('Waiting');
  return shown.flatMap((status): Branch[] => {
    if (both && status === 'Waiting') return [];
    if (both || (status !== 'Running' && status !== 'Waiting')) return [{ from: 'all', where: ['has status'], own: { status } }];
    const state = status === 'Waiting' ? 'waiting' : 'running';
    return [
      { from: 'standing', where: [`stands ${state}`], check: [`still ${state === 'waiting' ? 'waits' : 'runs'}`] },
      { from: 'all', where: [`just begun ${state}`] },
    ];
  });
}

/** What every branch is asked for, whatever found its candidates (L2). */
function narrowing(filter: InstanceFilter, asked: AskedValues, sees: readonly string[], values: SqlValues): string {
  const has = (name: keyof AskedValues, piece: string): string[] =>
    asked[name] === undefined || sees.includes(piece) ? [] : [values.bind(part(piece), { ...asked })];
  return [
    ...has('ids', 'is id'),
    ...has('incident', 'in incident'),
    ...has('pattern', 'with text'),
    ...has('idPrefix', 'with prefix'),
    ...has('code', 'with code'),
    ...(filter.stuck === true && !sees.includes('is stuck') ? [part('is stuck')] : []),
    ...has('kinds', 'with kinds'),
    ...has('event', 'with event'),
    ...has('since', 'waiting since'),
    ...has('minSeconds', 'duration at least'),
    ...has('maxSeconds', 'duration at most'),
    ...has('statuses', 'shown status'),
    ...has('workflows', 'workflows'),
    ...has('version', 'version'),
    ...has('startedAfter', 'started after'),
    ...has('startedBefore', 'started before'),
    ...has('tags', 'tags'),
    ...has('isTest', filter.isTest === true ? 'is test' : 'is no test'),
  ].join('\n');
}

type AskedValues = ReturnType<typeof filterValues>;

/** The values the parts name. */
function filterValues(filter: InstanceFilter) {
  const { ids, incident, text, idPrefix, errorCode, waitingKinds, waitingEvent, waitingLongerThanMs, minDurationMs, maxDurationMs } =
    filter;
  const begin = text ?? idPrefix;
  return {
    ids,
    incident,
    idPrefix,
    pattern: text === undefined ? undefined : `%${escapePattern(text)}%`,
    prefix: begin === undefined ? undefined : `${escapePattern(begin)}%`,
    code: errorCode,
    kinds: waitingKinds,
    event: waitingEvent,
    since: waitingLongerThanMs === undefined ? undefined : new Date(Date.now() - waitingLongerThanMs),
    minSeconds: minDurationMs === undefined ? undefined : minDurationMs / 1_000,
    maxSeconds: maxDurationMs === undefined ? undefined : maxDurationMs / 1_000,
    statuses: shownStatuses(filter) ?? undefined,
    workflows: filter.workflowKeys,
    version: filter.version,
    startedAfter: filter.startedAfter,
    startedBefore: filter.startedBefore,
    tags: filter.tags !== undefined && filter.tags.length > 0 ? filter.tags : undefined,
    isTest: filter.isTest,
  };
}

function shownStatuses({ statuses, notStatuses }: InstanceFilter): readonly ShownStatus[] | null {
  if (statuses === undefined && notStatuses === undefined) return null;
  return (statuses ?? allShown).filter((status) => notStatuses?.includes(status) !== true);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}
