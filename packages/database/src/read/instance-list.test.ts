/**
 * The list against a reading of everything: a small random installation, every filter alone and with others, walked page by page both ways,
 * with what few have found by index and with the order walked for it.
 */
import { type TestPostgres, seededRandom, startTestPostgres } from '@perdure/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ask, keepStanding, learnFailures, lookForStuck } from '../monitor/index.ts';
import { errorFingerprint, stuckFingerprint } from '../monitor/error-fingerprint.ts';
import { openDatabase, type Database } from '../open-database.ts';
import { type InstanceFilter, type InstancePlace, searchInstances, selectInstanceIds } from './instance-list.ts';
import type { ShownStatus } from './instance-row.ts';

const hourMs = 3_600_000;
const now = Date.now();

interface Made {
  id: string;
  workflow: string;
  version: number;
  status: Exclude<ShownStatus, 'Waiting'>;
  tags: string[];
  running: number;
  whereabouts: { node: string; title: string; kind?: string; detail: string; code?: string; until?: number } | null;
  createdAt: number;
  updatedAt: number;
  completedAt: number | null;
  /** Its timer or its task is there. */
  wakes: boolean;
}

const statuses = [
  'Running',
  'Running',
  'Running',
  'Completed',
  'Completed',
  'Failed',
  'Failed',
  'Suspended',
  'Terminated',
  'Pending',
] as const;
const messages = ['503 Service Unavailable', 'VAT number 12 is not valid', 'Timeout after 30 s at 100% load', 'Größe fehlt'];

function make(random: () => number): Made[] {
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value; // in bounds
  const made = Array.from({ length: 160 }, (_, i): Made => {
    const status = pick(statuses);
    // Several begin in the same moment: ids break ties.
    const createdAt = now - Math.ceil(random() * 60) * hourMs;
    const updatedAt = Math.min(now - 60_000, createdAt + Math.floor(random() * 50) * hourMs);
    const finished = status === 'Completed' || status === 'Failed' || status === 'Terminated';
    const running = status === 'Running' && random() < 0.2 ? 1 : 0;
    const event = pick(['paid', 'parcel.returned', 'it’s']);
    const standing = {
      event: { node: 'wait', title: 'Wait for changes', kind: 'event', detail: `event “${event}”` },
      timer: { node: 'sleep', title: 'Sleep', kind: 'timer', detail: 'until tomorrow', until: now + hourMs },
      humanTask: { node: 'approve', title: 'Approve', kind: 'humanTask', detail: 'Approve the order' },
    } as const;
    const whereabouts =
      status === 'Failed'
        ? { node: pick(['check', 'pay']), title: 'Credit check', code: pick(['Refused', 'HTTP']), detail: pick(messages) }
        : status === 'Running' && random() < 0.9
          ? standing[pick(['event', 'timer', 'humanTask'] as const)]
          : null;
    return {
      id: `${pick(['ORD', 'ord', '100%_', 'Zoë'])}-${String(Math.floor(random() * 30))}-${i}`,
      workflow: pick(['order', 'order', 'pay', 'rare']),
      version: 1 + Math.floor(random() * 3),
      status,
      tags: [...(random() < 0.3 ? ['eu'] : []), ...(random() < 0.1 ? ['perdure:test'] : [])],
      running,
      whereabouts,
      createdAt,
      updatedAt: finished ? Math.max(updatedAt, createdAt) : updatedAt,
      completedAt: finished ? Math.max(updatedAt, createdAt) : null,
      wakes: random() < 0.5,
    };
  });
  return made;
}

const waitsLongMs = 20 * hourMs;

/** As stuck.ts has it. */
function stuckCause({
  status,
  running,
  whereabouts,
  updatedAt,
  wakes,
}: Made): 'nothing-open' | 'timer-gone' | 'task-gone' | 'waits-long' | null {
  if (status !== 'Running' || running > 0) return null;
  if (whereabouts === null) return 'nothing-open';
  if (whereabouts.kind === 'event') return updatedAt < now - waitsLongMs ? 'waits-long' : null;
  if (wakes) return null;
  return whereabouts.kind === 'timer' ? 'timer-gone' : 'task-gone';
}

function incidentOf(one: Made): string | null {
  if (one.status === 'Failed')
    return one.tags.includes('perdure:test') || one.whereabouts === null
      ? null
      : errorFingerprint({
          workflowKey: one.workflow,
          node: one.whereabouts.node,
          code: one.whereabouts.code ?? '',
          message: one.whereabouts.detail,
        });
  const cause = stuckCause(one);
  if (cause === null) return null;
  return stuckFingerprint({ workflowKey: one.workflow, node: one.whereabouts?.node ?? '', cause, event: eventOf(one) });
}

function eventOf({ status, whereabouts }: Made): string | null {
  return status === 'Running' && whereabouts?.kind === 'event' ? (/“(.*)”/.exec(whereabouts.detail)?.[1] ?? null) : null;
}

function shown({ status, running }: Made): ShownStatus {
  return status === 'Running' && running === 0 ? 'Waiting' : status;
}

/** Whether the filter means it, asked of it alone. */
function isMeant(filter: InstanceFilter, one: Made): boolean {
  const took = (one.completedAt ?? Date.now()) - one.createdAt;
  const waits = shown(one) === 'Waiting';
  const has = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());
  const { whereabouts } = one;
  const words =
    whereabouts === null || (one.status !== 'Failed' && one.status !== 'Running')
      ? ''
      : one.status === 'Failed'
        ? `${whereabouts.code} ${whereabouts.title} ${whereabouts.detail}`
        : `${whereabouts.title} ${whereabouts.detail}`;
  return (
    (filter.ids?.includes(one.id) ?? true) &&
    (filter.statuses?.includes(shown(one)) ?? true) &&
    filter.notStatuses?.includes(shown(one)) !== true &&
    (filter.workflowKeys?.includes(one.workflow) ?? true) &&
    (filter.version === undefined || one.version === filter.version) &&
    (filter.startedAfter === undefined || one.createdAt >= filter.startedAfter.getTime()) &&
    (filter.startedBefore === undefined || one.createdAt <= filter.startedBefore.getTime()) &&
    (filter.minDurationMs === undefined || took >= filter.minDurationMs) &&
    (filter.maxDurationMs === undefined || took <= filter.maxDurationMs) &&
    (filter.text === undefined || has(one.id, filter.text) || has(words, filter.text)) &&
    (filter.idPrefix === undefined || one.id.startsWith(filter.idPrefix)) &&
    (filter.tags === undefined || filter.tags.every((tag) => one.tags.includes(tag))) &&
    (filter.isTest === undefined || one.tags.includes('perdure:test') === filter.isTest) &&
    (filter.errorCode === undefined || (one.status === 'Failed' && whereabouts?.code === filter.errorCode)) &&
    (filter.incident === undefined || incidentOf(one) === filter.incident) &&
    (filter.waitingKinds === undefined || (waits && filter.waitingKinds.includes(whereabouts?.kind ?? ''))) &&
    (filter.waitingEvent === undefined || (waits && eventOf(one) === filter.waitingEvent)) &&
    (filter.waitingLongerThanMs === undefined || (waits && one.updatedAt <= Date.now() - filter.waitingLongerThanMs)) &&
    (filter.stuck !== true || stuckCause(one) !== null) &&
    (filter.masked?.workflowKeys.includes(one.workflow) !== true || filter.masked.found.includes(one.id))
  );
}

const made = make(seededRandom('instance list'));

let postgres: TestPostgres;
let database: Database;
let client: pg.Client;

beforeAll(async () => {
  postgres = await startTestPostgres();
  database = openDatabase({ url: postgres.url, poolSize: 2 });
  client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  for (const one of made) {
    await client.query(
      `INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, seq, tags, started_by, running_activities, whereabouts,
                             created_at, updated_at, completed_at)
       VALUES ($1, 1, 'x', $2, $3, $4, 5, $5, 'test', $6, $7, $8, $9, $10)`,
      [
        one.id,
        one.workflow,
        one.version,
        one.status,
        one.tags,
        one.running,
        one.whereabouts === null ? null : JSON.stringify(one.whereabouts),
        new Date(one.createdAt),
        new Date(one.updatedAt),
        one.completedAt === null ? null : new Date(one.completedAt),
      ],
    );
    if (!one.wakes || one.status !== 'Running') continue;
    if (one.whereabouts?.kind === 'timer')
      await client.query(`INSERT INTO timer (instance_id, timer_id, partition, fire_at) VALUES ($1, 't', 1, now() + interval '1 hour')`, [
        one.id,
      ]);
    if (one.whereabouts?.kind === 'humanTask')
      await client.query(
        `INSERT INTO human_task (id, instance_id, execution_id, step, node, workflow_key, version, title, context, form_schema, outcomes, status)
         VALUES ($1, $1, 'x', 's', 'n', $2, 1, 'Approve', '{}', '{}', '[]', 'open')`,
        [one.id, one.workflow],
      );
  }
  // An entity is no instance.
  await client.query(
    `INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, started_by) VALUES ('@order@1', 1, 'x', '@order', 1, 'Running', 'test')`,
  );
  const ask: Ask = async <Row>(sql: string, values: readonly unknown[]) => (await client.query(sql, [...values])).rows as Row[]; // as its callers say
  await keepStanding(
    ask,
    made.map(({ id }) => id),
  );
  await learnFailures(ask, { from: new Date(0), to: new Date(), limit: 1_000 });
  let after: string | null = '';
  while (after !== null) after = (await lookForStuck(ask, after, { portion: 50, waitsLongMs })).next;
});

afterAll(async () => {
  await client.end();
  await database.close();
  await postgres.stop();
});

const ago = (hours: number): Date => new Date(now - hours * hourMs);
const failed = made.find((one) => one.status === 'Failed' && incidentOf(one) !== null);
const stuck = made.find((one) => stuckCause(one) === 'timer-gone');

const someOrders = made.flatMap(({ id, workflow }, at) => (workflow === 'order' && at % 3 === 0 ? [id] : []));
const alone: Readonly<Record<string, InstanceFilter>> = {
  none: {},
  ids: { ids: [...made.slice(10, 30).map(({ id }) => id), 'nobody', '@order@1'] },
  status: { statuses: ['Failed'] },
  running: { statuses: ['Running'] },
  waiting: { statuses: ['Waiting'] },
  both: { statuses: ['Running', 'Waiting', 'Suspended'] },
  'not completed': { notStatuses: ['Completed'] },
  'no status': { statuses: [] },
  workflow: { workflowKeys: ['pay'] },
  'workflows of a folder': { workflowKeys: ['pay', 'rare', 'gone'] },
  'no workflow within reach': { workflowKeys: [] },
  'many workflows': { workflowKeys: ['pay', 'rare', ...Array.from({ length: 40 }, (_, i) => `gone-${i}`)] },
  version: { workflowKeys: ['order'], version: 2 },
  'version of any': { version: 3 },
  'started after': { startedAfter: ago(20) },
  'started before': { startedBefore: ago(30) },
  'started between': { startedAfter: ago(40), startedBefore: ago(20) },
  'took at least': { minDurationMs: 10.5 * hourMs },
  'took at most': { maxDurationMs: 20.5 * hourMs },
  'took between': { minDurationMs: 2.5 * hourMs, maxDurationMs: 15.5 * hourMs },
  'text of ids': { text: 'ord-1' },
  'beginning of ids': { text: '100%' },
  'any letter': { text: 'o' },
  'text of an error': { text: 'vat NUMBER' },
  'text beyond ASCII': { text: 'GRÖSSE' },
  'text with a sign of patterns': { text: '100%_' },
  'text that some have also when masked': { text: 'o', masked: { workflowKeys: ['order', 'gone'], found: someOrders } },
  'error code that none have when masked': { errorCode: 'HTTP', masked: { workflowKeys: ['order'], found: [] } },
  'text nobody has': { text: 'nothing \\ has this' },
  prefix: { idPrefix: 'ORD-1' },
  'prefix with a sign of patterns': { idPrefix: '100%_' },
  tag: { tags: ['eu'] },
  'two tags': { tags: ['eu', 'perdure:test'] },
  tests: { isTest: true },
  'no tests': { isTest: false },
  'error code': { errorCode: 'HTTP' },
  'incident of failures': { incident: failed === undefined ? '' : (incidentOf(failed) ?? '') },
  'incident of stuck ones': { incident: stuck === undefined ? '' : (incidentOf(stuck) ?? '') },
  kinds: { waitingKinds: ['timer', 'humanTask'] },
  event: { waitingEvent: 'parcel.returned' },
  'event for long': { waitingEvent: 'paid', waitingLongerThanMs: 15.5 * hourMs },
  'waiting for long': { waitingLongerThanMs: 10.5 * hourMs },
  stuck: { stuck: true },
};

/** Reach, and whatever else is asked for at the same time. */
const besides: readonly InstanceFilter[] = [
  { workflowKeys: ['order', 'rare'] },
  { statuses: ['Failed', 'Waiting'] },
  { startedBefore: ago(10), startedAfter: ago(45) },
  { isTest: false },
  { minDurationMs: 3.5 * hourMs },
  { text: 'r' },
];

describe.each([
  ['few', undefined],
  ['many', { rows: 0, entries: 0 }],
] as const)('what %s have', (_, most) => {
  it.each(Object.entries(alone))('%s', async (_name, filter) => {
    for (const asked of [filter, ...besides.map((other): InstanceFilter => ({ ...other, ...filter }))])
      expect(await readAll(asked, most), JSON.stringify(asked)).toEqual(expectedOf(asked));
  });
});

it('what has just begun is shown before anybody wrote where it stands', async () => {
  await client.query(
    `INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, started_by, created_at)
     VALUES ('new', 1, 'x', 'begun', 1, 'Running', 'test', now() + interval '1 hour')`,
  );
  const search = await searchInstances(database.prisma, { statuses: ['Waiting'], workflowKeys: ['begun'] });
  expect((await search.page({ direction: 'older', from: null, limit: 5 })).rows.map(({ id }) => id)).toEqual(['new']);
  await client.query(`DELETE FROM instance WHERE id = 'new'`);
});

it('an instance that has gone on since is not shown where it stood', async () => {
  const one = made.find((some) => shown(some) === 'Waiting' && some.whereabouts?.kind === 'timer');
  const other = made.find(({ status }) => status === 'Failed');
  await client.query(`UPDATE instance SET status = 'Running', running_activities = 1, seq = 6, completed_at = NULL WHERE id = ANY ($1)`, [
    [one?.id, other?.id],
  ]);
  const ids = async (filter: InstanceFilter): Promise<string[]> =>
    (await (await searchInstances(database.prisma, filter)).page({ direction: 'older', from: null, limit: 500 })).rows.map(({ id }) => id);
  for (const filter of [{ statuses: ['Waiting'] }, { waitingKinds: ['timer'] }, { stuck: true }] as const)
    expect(await ids(filter)).not.toContain(one?.id);
  const failures: readonly InstanceFilter[] = [
    { statuses: ['Failed'] },
    { errorCode: other?.whereabouts?.code },
    { text: other?.whereabouts?.detail },
  ];
  for (const filter of failures) expect(await ids(filter)).not.toContain(other?.id);
  for (const back of [one, other])
    await client.query('UPDATE instance SET status = $2, running_activities = 0, seq = 5, completed_at = $3 WHERE id = $1', [
      back?.id,
      back?.status,
      typeof back?.completedAt === 'number' ? new Date(back.completedAt) : null,
    ]);
});

interface Read {
  older: string[];
  newer: string[];
  counted: { value: number; exact: boolean };
  countedToFive: { value: number; exact: boolean };
  selected: string[];
}

function expectedOf(filter: InstanceFilter): Read {
  const older = made
    .filter((one) => isMeant(filter, one))
    .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
    .map(({ id }) => id);
  return {
    older,
    newer: older.toReversed(),
    counted: { value: older.length, exact: true },
    countedToFive: { value: Math.min(5, older.length), exact: older.length <= 5 },
    selected: older.toSorted(),
  };
}

/** Page by page, both ways. */
async function readAll(filter: InstanceFilter, most: { rows: number; entries: number } | undefined): Promise<Read> {
  const search = await searchInstances(database.prisma, filter, most);
  const walk = async (direction: 'older' | 'newer'): Promise<string[]> => {
    const found: string[] = [];
    let from: InstancePlace | null = null;
    for (let more = true; more;) {
      const page = await search.page({ direction, from, limit: 13 });
      found.push(...page.rows.map(({ id }) => id));
      from = page.rows.at(-1) ?? null;
      more = page.more;
    }
    return found;
  };
  const { sql, values } = selectInstanceIds(filter);
  const { rows } = await client.query<{ id: string }>(sql, values);
  return {
    older: await walk('older'),
    newer: await walk('newer'),
    counted: await search.count(),
    countedToFive: await search.count(5),
    selected: rows.map(({ id }) => id).toSorted(),
  };
}
