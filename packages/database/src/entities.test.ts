import { startTestPostgres, type TestPostgres } from '@perdure/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Database } from './open-database.ts';
import { countInstances, findEntity, findInstance, listEntities, listEntityTypes, listInstances } from './read/index.ts';
import { archiveEntityType, saveEntityType } from './write/index.ts';

let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await startTestPostgres();
  database = openDatabase({ url: postgres.url, poolSize: 2 });
});

afterAll(async () => {
  await database.close();
  await postgres.stop();
});

const counter = { name: 'counter', title: 'Counter', description: '', actor: 'ann' };

async function store(id: string, workflow: string, entity: object | null, state: unknown = null): Promise<void> {
  await database.prisma.$executeRawUnsafe(
    `INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, seq, started_by, custom_status, whereabouts)
     VALUES ($1, 1, 'x', $2, 3, 'Running', 2, 'test', $3::json, $4::json)`,
    id,
    workflow,
    JSON.stringify(state),
    JSON.stringify(entity === null ? null : { entity }),
  );
}

const idle = { exists: true, lockedBy: null, queued: 0, delayed: 0, lastOperationAt: 1_000, version: 4 };

it('a changed document is the next version, saved on top of the one it was based on', async () => {
  const saved = (baseVersion: number | null, document: { kind: string }, title = 'Counter') =>
    saveEntityType(database.prisma, { ...counter, title, baseVersion, document });
  expect(await saved(null, { kind: 'counter' })).toEqual({ ok: true, version: 1 });
  expect(await saved(null, { kind: 'counter' })).toEqual({ ok: false, code: 'entity-type.exists' });
  expect(await saved(1, { kind: 'counter' }, 'Counters')).toEqual({ ok: true, version: 1 });
  expect(await saved(1, { kind: 'value' })).toEqual({ ok: true, version: 2 });
  expect(await saved(1, { kind: 'list' })).toMatchObject({ code: 'entity-type.conflict', version: 2, document: { kind: 'value' } });
  expect(await listEntityTypes(database.prisma)).toMatchObject([{ name: 'counter', title: 'Counter', version: 2, entities: 0 }]);
  expect(await archiveEntityType(database.prisma, { name: 'counter', actor: 'ann' })).toBe(true);
  expect(await saved(2, { kind: 'list' })).toEqual({ ok: false, code: 'entity-type.unknown' });
  expect(await listEntityTypes(database.prisma)).toEqual([]);
});

it('entities are listed by name, prefix and last operation, page by page, and are no instances', async () => {
  await store('@counter@b', '@counter', { ...idle, lastOperationAt: 2_000 }, 7);
  await store('@counter@a@x', '@counter', { ...idle, lockedBy: { instanceId: 'i', step: 's#1' }, queued: 2 }, 1);
  await store('@counter@Zed', '@counter', { ...idle, exists: false, delayed: 1 });
  await store('@counter-old@a', '@counter-old', idle);
  await store('plain', 'order', null);
  const keys = async (...parameters: Parameters<typeof listEntities> extends [unknown, ...infer Rest] ? Rest : never) =>
    (await listEntities(database.prisma, ...parameters)).rows.map(({ name, key }) => `${name} ${key}`);
  const all = { after: null, limit: 10 };
  expect(await keys({}, all)).toEqual(['counter-old a', 'counter a@x', 'counter b']);
  expect(await keys({ name: 'Counter', includeTransient: true }, all)).toEqual(['counter Zed', 'counter a@x', 'counter b']);
  expect(await keys({ name: 'counter', keyPrefix: 'a' }, all)).toEqual(['counter a@x']);
  expect(await keys({ lastOperationAfter: new Date(1_500) }, all)).toEqual(['counter b']);
  expect(await keys({ lastOperationBefore: new Date(1_500), name: 'counter' }, all)).toEqual(['counter a@x']);
  const first = await listEntities(database.prisma, { name: 'counter' }, { after: null, limit: 1 });
  expect(first.more).toBe(true);
  expect(await listEntities(database.prisma, { name: 'counter' }, { after: first.rows[0]!.id, limit: 1 })).toMatchObject({
    rows: [{ key: 'b', state: 7, exists: true, version: 4 }],
    more: false,
  });
  expect(await findEntity(database.prisma, 'COUNTER', 'a@x')).toMatchObject({
    queued: 2,
    waiting: [],
    lockedBy: { instanceId: 'i', step: 's#1' },
  });
  expect(await findEntity(database.prisma, 'counter', 'A@x')).toBeUndefined();
  const page = await listInstances(database.prisma, {}, { direction: 'older', from: null, limit: 10 });
  expect(page.rows.map(({ id }) => id)).toEqual(['plain']);
  expect(await countInstances(database.prisma, {})).toEqual({ value: 1, exact: true });
  expect(await findInstance(database.prisma, '@counter@b')).toBeUndefined();
});
