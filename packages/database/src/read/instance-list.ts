/**
 * The list of workflow instances, narrowed by anything, a page at a time, in the order of creation.
 *
 * L1 A page costs what it shows: it is united of branches, each of which walks an index from the page's place and stops when it is full.
 * L2 What the read models say (standing, failures) only finds candidates: every instance is asked itself before it is shown. A count of those
 *    that stand somewhere believes the read model, which is a second or two old: asking ten thousand would cost more than the page.
 * L3 A count is exact up to a limit and stops there.
 * L4 Parts of an id are looked for in the newest `partsSearchedIn` instances only; everything else is found however old it is.
 * L5 What few have (a text, the beginning of an id, a duration) is found by its index and sorted; what many have, by walking the order, where a
 *    page of them soon comes. The planner's guess is wrong for both, so they are counted first, up to what counts as few.
 * L6 What is searched are stored words, which hold also what whoever asks may not see. Of workflows where that may be so, only those instances
 *    are found that `masked` names; nobody else pays for it.
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
  /** L6. Says more of `text`, `errorCode` and `waitingEvent`. */
  masked?: MaskedWorkflows | undefined;
}

/** Workflows with values that are masked for whoever asks, and what of theirs was found to have the words also when masked. */
export interface MaskedWorkflows {
  workflowKeys: readonly string[];
  found: readonly string[];
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

/** One filter, to be read and counted: what few have is looked at once for both (L5). */
export interface InstanceSearch {
  /** Up to `limit` instances beyond `from` (from the end when null). Keyset paging: the cost does not grow with the page number. */
  page(page: PageAsked): Promise<InstancePage>;
  /** Exact up to `exactUpTo`; beyond that `exactUpTo` and `exact: false` (L3). */
  count(exactUpTo?: number): Promise<InstanceCount>;
}

export interface PageAsked {
  direction: 'older' | 'newer';
  from: InstancePlace | null;
  limit: number;
}

export interface InstanceCount {
  value: number;
  exact: boolean;
}

/** @param most what counts as few: rows of the read models, looked at one by one; entries of the indexes of ids and durations, read in a row */
export async function searchInstances(prisma: PrismaClient, filter: InstanceFilter, most = fewest): Promise<InstanceSearch> {
  const few = await countFew(prisma, filter, most);
  return {
    page: (page) => readPage(prisma, filter, few, page),
    count: (exactUpTo = 10_000) => readCount(prisma, filter, few, exactUpTo),
  };
}

export async function listInstances(prisma: PrismaClient, filter: InstanceFilter, page: PageAsked): Promise<InstancePage> {
  return (await searchInstances(prisma, filter)).page(page);
}

export async function countInstances(prisma: PrismaClient, filter: InstanceFilter, exactUpTo?: number): Promise<InstanceCount> {
  return (await searchInstances(prisma, filter)).count(exactUpTo);
}

async function readPage(
  prisma: PrismaClient,
  filter: InstanceFilter,
  few: Few,
  { direction, from, limit: pageLimit }: PageAsked,
): Promise<InstancePage> {
  const values = new SqlValues();
  const order = direction === 'older' ? 'newest first' : 'oldest first';
  const limit = pageLimit + 1;
  const ordered = ({ at, id }: OrderColumns, end: 'all' | 'page') => {
    const text = part(order).replaceAll('@at', at).replaceAll('@id', id);
    return end === 'page' ? values.bind(text, { limit }) : text.replace('LIMIT :limit', 'OFFSET 0');
  };
  const sql = [
    'WITH picked AS MATERIALIZED (SELECT created_at, id FROM (',
    unitedBranches(filter, values, few, { place: { direction, from }, ordered, exactUpTo: null }),
    ') AS united',
    ordered({ at: 'created_at', id: 'id' }, 'page'),
    ')',
    columnsSql,
    'WHERE i.id IN (SELECT id FROM picked)',
    ordered({ at: 'i.created_at', id: 'i.id' }, 'page'),
  ].join('\n');
  const rows = await prisma.$queryRawUnsafe<InstanceRecord[]>(sql, ...values.list);
  return { rows: rows.slice(0, pageLimit), more: rows.length > pageLimit };
}

async function readCount(prisma: PrismaClient, filter: InstanceFilter, few: Few, exactUpTo: number): Promise<InstanceCount> {
  const values = new SqlValues();
  const limit = exactUpTo + 1;
  const united = unitedBranches(filter, values, few, {
    place: null,
    ordered: (_, end) => (end === 'page' ? values.bind('LIMIT :limit', { limit }) : ''),
    exactUpTo,
  });
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
  const united = unitedBranches(filter, values, everythingFew, { place: null, ordered: () => '', exactUpTo: null });
  return { sql: `SELECT DISTINCT id FROM (${united}) AS found`, values: values.list };
}

const columnsSql = sqlFile(import.meta.url, 'instance-columns.sql');
const part = sqlParts(import.meta.url, 'instance-list.sql');

/** What of it few have (L5). */
interface Few {
  prefixed: boolean;
  failures: boolean;
  standing: boolean;
  /** Finished ones that took so long. */
  lasting: boolean;
  /** No bound of how many those are. */
  all: boolean;
}

/** For whoever reads all that is found: then every index of what was asked for is better than walking the order. */
const everythingFew: Few = { prefixed: true, failures: true, standing: true, lasting: true, all: true };

const fewest = { rows: 1_000, entries: 10_000 };

async function countFew(prisma: PrismaClient, given: InstanceFilter, most: { rows: number; entries: number }): Promise<Few> {
  const filter = withoutEmpty(given);
  const values = new SqlValues();
  const asked = filterValues(filter);
  const of = (name: string, few: number): string => values.bind(part(name), { ...asked, few: few + 1 });
  const { branches } = searchFor(filter, everythingFew);
  const wanted = {
    prefixed: branches.some(({ from }) => from === 'prefixed') ? of('count prefixed', most.entries) : '0',
    failures: filter.text !== undefined ? of('count failures', most.rows) : '0',
    standing: filter.text !== undefined ? of('count standing', most.rows) : '0',
    lasting: branches.some(({ from }) => from === 'lasting') ? lasting(of('count lasting', most.entries), filter, values) : '0',
  };
  if (Object.values(wanted).every((sql) => sql === '0')) return { ...everythingFew, all: false };
  const sql = `SELECT ${Object.entries(wanted)
    .map(([name, counted]) => `${counted} AS ${name}`)
    .join(', ')}`;
  const [row] = await prisma.$queryRawUnsafe<Record<keyof typeof wanted, number>[]>(sql, ...values.list);
  return {
    prefixed: (row?.prefixed ?? 0) <= most.entries,
    failures: (row?.failures ?? 0) <= most.rows,
    standing: (row?.standing ?? 0) <= most.rows,
    lasting: (row?.lasting ?? 0) <= most.entries,
    all: false,
  };
}

type Source = 'all' | 'failures' | 'standing' | 'newest' | 'prefixed' | 'lasting';

interface Branch {
  from: Source;
  /** Names of parts that tell its own instances; of the read model where there is one. */
  where: readonly string[];
  /** Names of parts that ask the instance itself (L2). */
  check?: readonly string[];
  /** Values of this branch alone. */
  own?: Readonly<Record<string, unknown>>;
  /** Nothing it finds was created outside of these, besides what is asked for: so far along the order nothing is looked at. */
  latest?: Date | undefined;
  earliest?: Date | undefined;
}

const readModels = { failures: 'instance_failure', standing: 'instance_standing' } as const;

interface OrderColumns {
  at: string;
  id: string;
}

interface Reading {
  /** Null: all of it is read. */
  place: { direction: 'older' | 'newer'; from: InstancePlace | null } | null;
  /** The end of a branch: its order and, of a page, its limit. */
  ordered: (columns: OrderColumns, end: 'all' | 'page') => string;
  /** Not null: only counted, up to so many. */
  exactUpTo: number | null;
}

/** The branches' columns of the order: an index on them is walked, so that they are of the table that was narrowed. */
const ofReadModel: OrderColumns = { at: 'x.created_at', id: 'x.instance_id' };
const ofInstance: OrderColumns = { at: 'i.created_at', id: 'i.id' };

function unitedBranches(given: InstanceFilter, values: SqlValues, few: Few, reading: Reading): string {
  const filter = withoutEmpty(given);
  const asked = filterValues(filter);
  const counts = reading.exactUpTo !== null;
  const { branches, sees } = searchFor(filter, few, counts);
  // Nothing is asked for that could be found, such as no status at all.
  if (branches.length === 0) return '(SELECT created_at, id FROM instance WHERE false)';
  const every = narrowing(filter, asked, sees, values);
  const found = branches.map((branch) => {
    const { from: source, where, check = [], own = {} } = branch;
    const bind = (names: readonly string[]): string => names.map((name) => values.bind(part(name), { ...asked, ...own })).join('\n');
    const span = spanOf(branch, filter, reading.place, values);
    const head = (columns: OrderColumns): string => `(SELECT ${columns.at} AS created_at, ${columns.id} AS id`;
    if (source !== 'failures' && source !== 'standing') {
      const sql = [head(ofInstance), part(`from ${source}`), bind(where), bind(check), span(ofInstance), every];
      // As many as are looked for, where nothing else is asked of them; else twice what was found a moment ago.
      const most = few.all ? null : counts && !asksMoreThanDuration(filter) ? (reading.exactUpTo ?? 0) + 1 : fewest.entries * 2;
      const bound = lasting(values.bind(sql.join('\n'), { ...asked, lastingLimit: most }), filter, values);
      return `${bound}\n${reading.ordered(ofInstance, 'page')})`;
    }
    // A count of those that stand somewhere believes the read model (L2).
    const believed = counts && source === 'standing' && every === '';
    // The few that have a text are found first, put in order and asked then; of all others an index is walked.
    const sorted = where.includes('with words');
    const told = [bind(where), span(ofReadModel)].join('\n');
    const candidates = `${readModels[source]} x`;
    return [
      head(ofReadModel),
      part(`from ${source}${believed ? ' alone' : ''}`)
        .replace('@candidates', () =>
          sorted
            ? `(SELECT * FROM (SELECT * FROM ${candidates} WHERE true ${told} OFFSET 0) AS x ${reading.ordered(ofReadModel, 'all')}) AS x`
            : candidates,
        )
        .replace('@check', () => bind(check)),
      ...(sorted ? [] : [told]),
      every,
      `${reading.ordered(ofReadModel, 'page')})`,
    ].join('\n');
  });
  // Those of a text may find the same instance; so may where it stands and that it has just begun.
  const mayRepeat = filter.text !== undefined || branches.some(({ where }) => where.some((name) => name.startsWith('just begun')));
  return found.join(mayRepeat ? '\nUNION\n' : '\nUNION ALL\n');
}

/**
 * Between which moments a branch is read, and behind which place. Of the place and a moment that lie in the same direction only the tighter is
 * said: of two conditions Postgres begins its walk at either.
 */
function spanOf(branch: Branch, filter: InstanceFilter, place: Reading['place'], values: SqlValues): (columns: OrderColumns) => string {
  const latest = earlierOf(filter.startedBefore, branch.latest);
  const earliest = laterOf(filter.startedAfter, branch.earliest);
  const from = place?.from ?? null;
  const older = place?.direction === 'older';
  const bounded =
    from !== null && (older ? latest !== undefined && latest < from.createdAt : earliest !== undefined && earliest > from.createdAt);
  const behind = from !== null && !bounded;
  return ({ at, id }) =>
    [
      ...(latest === undefined || (behind && older) ? [] : [values.bind(part('not after'), { latest })]),
      ...(earliest === undefined || (behind && !older) ? [] : [values.bind(part('not before'), { earliest })]),
      ...(behind ? [values.bind(part(older ? 'older' : 'newer'), { createdAt: from.createdAt, id: from.id })] : []),
    ]
      .join('\n')
      .replaceAll('@at', at)
      .replaceAll('@id', id);
}

function earlierOf(one: Date | undefined, other: Date | undefined): Date | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one;
}

function laterOf(one: Date | undefined, other: Date | undefined): Date | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one;
}

/** Durations asked for, where a statement reads the index of them. */
function lasting(sql: string, filter: InstanceFilter, values: SqlValues): string {
  const asked = filterValues(filter);
  const bounds = [
    ...(filter.minDurationMs === undefined ? [] : [values.bind(part('lasting at least'), asked)]),
    ...(filter.maxDurationMs === undefined ? [] : [values.bind(part('lasting at most'), asked)]),
  ];
  return sql.replace('@lasting', () => bounds.join(' '));
}

/** An empty text narrows nothing. */
function withoutEmpty(filter: InstanceFilter): InstanceFilter {
  return { ...filter, text: filter.text || undefined, idPrefix: filter.idPrefix || undefined };
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
function searchFor(filter: InstanceFilter, few: Few, counts = false): Search {
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
        prefixBranch(few, counts),
        { from: 'newest', where: ['contains'] },
        { from: 'failures', where: [few.failures || counts ? 'with words' : 'with words, walking'] },
        ...[true, false].map((waits): Branch => ({
          from: 'standing',
          where: [waits ? 'stands waiting' : 'stands running', few.standing || counts ? 'with words' : 'with words, walking'],
          check: ['still for that'],
        })),
      ],
      sees: ['with text'],
    };
  if (idPrefix !== undefined) return { branches: [prefixBranch(few, counts)], sees: ['with prefix'] };
  if (errorCode !== undefined) return { branches: [{ from: 'failures', where: ['has code'] }], sees: ['with code'] };
  if (stuck === true) return { branches: [{ from: 'standing', where: ['stuck'], check: ['still there'] }], sees: ['is stuck'] };
  const since = waitingLongerThanMs === undefined ? [] : ['waits since'];
  // Nothing waits for longer than it is old.
  const latest = waitingLongerThanMs === undefined ? undefined : new Date(Date.now() - waitingLongerThanMs);
  if (waitingEvent !== undefined)
    return {
      branches: [{ from: 'standing', where: ['waits for event', ...since], check: ['still waits', 'still for that'], latest }],
      sees: ['with event', 'waiting since'],
    };
  if (waitingKinds !== undefined)
    return {
      branches: waitingKinds.map((kind) => ({
        from: 'standing',
        where: ['waits for kind', ...since],
        check: ['still waits', 'still of that kind'],
        own: { kind },
        latest,
      })),
      sees: ['with kinds', 'waiting since'],
    };
  if (since.length > 0)
    return {
      branches: [{ from: 'standing', where: ['stands waiting', ...since], check: ['still waits'], latest }],
      sees: ['waiting since'],
    };
  if (filter.minDurationMs !== undefined || filter.maxDurationMs !== undefined)
    return { branches: durationBranches(filter, few, counts), sees: ['duration at least', 'duration at most'] };
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

/** A count stops at its limit, so that many are counted along the index, too. */
function prefixBranch(few: Few, counts: boolean): Branch {
  return few.prefixed || counts ? { from: 'prefixed', where: [] } : { from: 'all', where: ['starts with, walking'] };
}

/** The finished ones by how long they took, the others, which are still at it, by when they began. */
function durationBranches(filter: InstanceFilter, few: Few, counts: boolean): Branch[] {
  const { minDurationMs, maxDurationMs } = filter;
  const both = (least: string, most: string): string[] => [
    ...(minDurationMs === undefined ? [] : [least]),
    ...(maxDurationMs === undefined ? [] : [most]),
  ];
  // The database's clock decides; this only tells where its walk may begin.
  const ago = (ms: number | undefined, slackMs: number): Date | undefined =>
    ms === undefined ? undefined : new Date(Date.now() - ms + slackMs);
  const latest = ago(minDurationMs, clockSlackMs);
  const finished: Branch =
    few.lasting || (counts && !asksMoreThanDuration(filter))
      ? { from: 'lasting', where: [] }
      : { from: 'all', where: both('took at least', 'took at most'), latest };
  return [
    finished,
    ...unfinished.map((status): Branch => ({
      from: 'all',
      where: ['has status', ...both('takes at least', 'takes at most')],
      own: { status },
      latest,
      earliest: ago(maxDurationMs, -clockSlackMs),
    })),
  ];
}

const clockSlackMs = 60_000;

function asksMoreThanDuration({ minDurationMs: _least, maxDurationMs: _most, ...rest }: InstanceFilter): boolean {
  return Object.values(rest).some((value) => value !== undefined);
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
    ...has('tags', 'tags'),
    ...has('isTest', filter.isTest === true ? 'is test' : 'is no test'),
    ...has('maskedWorkflows', 'has the words when masked'),
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
    caseless: text === undefined ? undefined : `%${escapePattern(longestCaseless(text))}%`,
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
    tags: filter.tags !== undefined && filter.tags.length > 0 ? filter.tags : undefined,
    isTest: filter.isTest,
    maskedWorkflows: filter.masked?.workflowKeys,
    foundMasked: filter.masked?.found,
  };
}

function shownStatuses({ statuses, notStatuses }: InstanceFilter): readonly ShownStatus[] | null {
  if (statuses === undefined && notStatuses === undefined) return null;
  return (statuses ?? allShown).filter((status) => notStatuses?.includes(status) !== true);
}

/** The longest piece of it without letters. */
function longestCaseless(text: string): string {
  return text.split(/\p{L}|\p{M}/u).reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '');
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}
