/** A1–A3 of the audit log, C1–C4 of its chain, I1 and I2 of its intents, on a real database. */
import { eventually, startTestPostgres, type TestPostgres } from '@perdure/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../migrate.ts';
import { openDatabase, type Database } from '../open-database.ts';
import { appendAudit, appendAuditAlone } from './audit.ts';
import { auditHash, sealAudit, verifyAudit } from './audit-chain.ts';
import { confirmIntent, dropIntent, notePortion, settleIntents, writeIntent } from './audit-intent.ts';
import { withAuditRequest } from './audit-scope.ts';

let postgres: TestPostgres;
let database: Database;
beforeEach(async () => {
  postgres = await startTestPostgres();
  await migrate(postgres.url);
  database = openDatabase({ url: postgres.url, poolSize: 3 });
});
afterEach(async () => {
  await database.close();
  await postgres.stop();
});

async function append(count: number): Promise<void> {
  for (let n = 1; n <= count; n++)
    await appendAuditAlone(database.prisma, {
      actor: 'u',
      action: 'test',
      target: `t:${n}`,
      detail: { n },
      before: { n: 0 },
      reason: 'why',
    });
}

/** As somebody does who may do everything in the database: the triggers do not stop its owner. */
async function tamper(sql: string): Promise<void> {
  await database.prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe('ALTER TABLE audit_entry DISABLE TRIGGER USER');
    await tx.$executeRawUnsafe(sql);
    await tx.$executeRawUnsafe('ALTER TABLE audit_entry ENABLE TRIGGER USER');
  });
}

const verify = (expected: string | null = null) => verifyAudit(database.prisma, expected);
const entries = () => database.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } });

describe('the chain', () => {
  it('A1 C2 holds over all that was sealed, with positions without a gap where numbers have one', async () => {
    await append(2);
    await expect(
      database.prisma.$transaction(async (tx) => {
        await appendAudit(tx, { actor: 'u', action: 'taken-back', target: 't' });
        throw new Error('taken back');
      }),
    ).rejects.toThrow('taken back');
    await append(2);
    expect(await sealAudit(database.prisma)).toBe(4);
    expect((await entries()).map(({ position }) => Number(position))).toEqual([1, 2, 3, 4]);
    expect(await verify()).toMatchObject({ entries: 4, unsealed: 0, broken: null });
    await append(1);
    expect(await verify()).toMatchObject({ entries: 4, unsealed: 1, broken: null });
  });

  it('A2 is sealed though something is always being appended: what comes later waits', async () => {
    const { prisma } = database;
    const done = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const appended = (action: string, then: () => Promise<void>): Promise<void> =>
      prisma.$transaction(
        async (tx) => {
          await appendAudit(tx, { actor: 'u', action, target: 't' });
          await then();
        },
        { timeout: 60_000 },
      );
    const first = appended('first', () => (begun.resolve(), done.promise));
    await begun.promise;
    expect(await sealAudit(prisma, { waitMs: 1 })).toBe(0);
    const sealing = sealAudit(prisma, { waitMs: 50_000 });
    const look = new pg.Client(postgres.url);
    await look.connect();
    const waiting = async (): Promise<unknown> =>
      (await look.query(`SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 7300001`)).rows[0]
        .n;
    await eventually('the sealer waits for what is being appended', async () => ((await waiting()) === 1 ? true : undefined));
    const later = appended('later', () => Promise.resolve());
    await eventually('what is appended now waits behind the sealer', async () => ((await waiting()) === 2 ? true : undefined));
    await look.end();
    done.resolve();
    expect(await sealing).toBe(1);
    await Promise.all([first, later]);
    expect(await verify()).toMatchObject({ entries: 1, unsealed: 1, broken: null });
  });

  for (const [column, change] of [
    ['detail', `detail = '{"n": 3}'`],
    ['before', 'before = NULL'],
    ['after', `after = '{}'`],
    ['reason', `reason = 'another'`],
    ['outcome', `outcome = 'unknown'`],
    ['address', `address = '10.0.0.1'`],
    ['request_id', `request_id = 'r'`],
    ['actor', `actor = 'somebody else'`],
    ['at', `at = at + interval '1 millisecond'`],
  ] as const) {
    it(`C1 tells a changed ${column}`, async () => {
      await append(3);
      await sealAudit(database.prisma);
      await tamper(`UPDATE audit_entry SET ${change} WHERE target = 't:2'`);
      expect((await verify()).broken).toMatchObject({ target: 't:2', fault: 'changed' });
    });
  }

  it('C2 tells what is missing, and how many', async () => {
    await append(5);
    await sealAudit(database.prisma);
    await tamper(`DELETE FROM audit_entry WHERE target IN ('t:2', 't:3')`);
    expect((await verify()).broken).toMatchObject({ target: 't:4', fault: 'missing', count: 2 });
    await tamper(`DELETE FROM audit_entry WHERE target = 't:1'`);
    expect((await verify()).broken).toMatchObject({ target: 't:4', fault: 'missing', count: 3 });
  });

  it('C2 tells what was put elsewhere, or put in', async () => {
    await append(3);
    await sealAudit(database.prisma);
    const [first] = await entries();
    await tamper(`UPDATE audit_entry SET id = 1000 WHERE id = ${first?.id}`);
    expect((await verify()).broken).toMatchObject({ target: 't:2', fault: 'missing', count: 1 });
    await tamper(`DELETE FROM audit_entry WHERE target IN ('t:2', 't:3')`);
    await tamper(`UPDATE audit_entry SET position = NULL`);
    expect((await verify()).broken).toMatchObject({ target: 't:1', fault: 'changed' });
  });

  it('tells an entry that lost its seal', async () => {
    await append(3);
    await sealAudit(database.prisma);
    await tamper(`UPDATE audit_entry SET hash = NULL, position = NULL WHERE target = 't:2'`);
    expect((await verify()).broken).toMatchObject({ target: 't:2', fault: 'unsealed' });
  });

  it('C3 goes on from entries that were sealed before there were positions', async () => {
    await append(3);
    let before = '';
    for (const entry of (await entries()).slice(0, 2)) {
      before = auditHash(before, entry); // Not sealed yet: without a position, as they were then.
      await database.prisma.$executeRaw`UPDATE audit_entry SET hash = ${before} WHERE id = ${entry.id}`;
    }
    await sealAudit(database.prisma);
    expect((await entries()).map(({ position }) => position && Number(position))).toEqual([null, null, 3]);
    expect(await verify()).toMatchObject({ entries: 3, broken: null });
    await tamper(`UPDATE audit_entry SET action = 'else' WHERE target = 't:1'`);
    expect((await verify()).broken).toMatchObject({ target: 't:1', fault: 'changed' });
  });

  it('C4 a head that was kept tells an end that was cut off', async () => {
    await append(3);
    await sealAudit(database.prisma);
    const { head } = await verify();
    expect((await verify(head)).expected).toMatchObject({ isHead: true });
    await append(1);
    await sealAudit(database.prisma);
    expect((await verify(head)).expected).toMatchObject({ isHead: false });
    await tamper(`DELETE FROM audit_entry WHERE target IN ('t:3') OR id > 3`);
    expect(await verify(head)).toMatchObject({ broken: null, expected: null });
  });

  it('A3 the database refuses to change a sealed or an open entry in any column, and to delete or truncate', async () => {
    await append(2);
    await database.prisma.$executeRaw`UPDATE audit_entry SET hash = 'h', position = 1 WHERE target = 't:1'`;
    for (const sql of [
      `UPDATE audit_entry SET reason = 'else' WHERE target = 't:2'`,
      `UPDATE audit_entry SET hash = 'h', reason = 'else' WHERE target = 't:2'`,
      `UPDATE audit_entry SET hash = 'i' WHERE target = 't:1'`,
      `UPDATE audit_entry SET position = 7 WHERE target = 't:1'`,
      'DELETE FROM audit_entry',
      'TRUNCATE audit_entry',
    ])
      await expect(database.prisma.$executeRawUnsafe(sql), sql).rejects.toThrow(/audit entries cannot be changed/);
  });

  it('names the request and the address of what is done within one', async () => {
    await withAuditRequest({ requestId: 'r1', address: '192.0.2.7' }, () => append(1));
    expect((await entries())[0]).toMatchObject({ requestId: 'r1', address: '192.0.2.7', before: { n: 0 }, after: null, reason: 'why' });
  });
});

describe('intents', () => {
  const record = (action: string, target = 'instance:i') => ({ actor: 'u', action, target, reason: 'why' });

  async function instance(id: string, events: { type: string; by: string }[] = []): Promise<void> {
    await database.prisma.instance.create({
      data: { id, partition: 0, executionId: 'e', workflowKey: 'w', version: 1, status: 'Running', startedBy: 'u' },
    });
    for (const [seq, { type, by }] of events.entries())
      await database.prisma.historyEvent.create({ data: { instanceId: id, seq: seq + 1, type, at: new Date(), data: { by } } });
  }

  it('I1 becomes one entry when it is confirmed, none when it is dropped', async () => {
    const { prisma } = database;
    const intent = await writeIntent(prisma, record('instance.suspend'));
    await confirmIntent(prisma, intent, { detail: { n: 1 } });
    await confirmIntent(prisma, intent);
    await dropIntent(prisma, await writeIntent(prisma, record('instance.resume')));
    expect(await entries()).toMatchObject([{ action: 'instance.suspend', detail: { n: 1 }, reason: 'why', outcome: null }]);
    expect(await prisma.auditIntent.count()).toBe(0);
  });

  it('I2 is settled from the history: by an event of its kind by its actor, or as unknown', async () => {
    const { prisma } = database;
    await prisma.auditIntent.createMany({
      data: [
        { actor: 'u', action: 'instance.suspend', target: 'instance:i' },
        { actor: 'u', action: 'instance.terminate', target: 'instance:i' },
        { actor: 'other', action: 'instance.suspend', target: 'instance:i' },
        { actor: 'u', action: 'instance.start', target: 'instance:i' },
        { actor: 'u', action: 'instance.start', target: 'instance:never' },
        { actor: 'u', action: 'instance.purge', target: 'instance:gone' },
        { actor: 'u', action: 'task.claim', target: 'task:t', detail: { instance: 'i' } },
        { actor: 'u', action: 'workflow.run-scenarios', target: 'workflow:w' },
      ],
    });
    await instance('i', [
      { type: 'ExecutionSuspended', by: 'u' },
      { type: 'HumanTaskClaimed', by: 'u' },
    ]);
    expect((await settleIntents(prisma)).settled).toBe(0); // Too young: its request may still be under way.
    expect((await settleIntents(prisma, { olderThanMs: -60_000 })).settled).toBe(8);
    expect((await entries()).map(({ actor, action, outcome }) => [actor, action, outcome])).toEqual([
      ['u', 'instance.suspend', null],
      ['u', 'instance.terminate', 'unknown'],
      ['other', 'instance.suspend', 'unknown'],
      ['u', 'instance.start', null],
      ['u', 'instance.start', 'unknown'],
      ['u', 'instance.purge', null],
      ['u', 'task.claim', null],
      ['u', 'workflow.run-scenarios', 'unknown'],
    ]);
    expect((await settleIntents(prisma, { olderThanMs: -60_000 })).settled).toBe(0);
  });

  it('I2 waits for a command that is stored and not taken up yet', async () => {
    const { prisma } = database;
    await writeIntent(prisma, record('instance.suspend'));
    await instance('i');
    await prisma.message.create({ data: { partition: 0, instanceId: 'i', messageId: 'ask:1', body: { type: 'Suspend' } } });
    expect((await settleIntents(prisma, { olderThanMs: -60_000 })).settled).toBe(0);
    await prisma.message.deleteMany();
    expect((await settleIntents(prisma, { olderThanMs: -60_000 })).settled).toBe(1);
  });

  it('I3 comes to those behind the ones that cannot be settled, and begins anew', async () => {
    const { prisma } = database;
    await instance('i');
    await prisma.message.create({ data: { partition: 0, instanceId: 'i', messageId: 'ask:1', body: { type: 'Suspend' } } });
    for (let n = 0; n < 4; n += 1) await writeIntent(prisma, record('instance.suspend'));
    const last = await writeIntent(prisma, { ...record('instance.start'), target: 'instance:never' });
    const look = (after: bigint | null) => settleIntents(prisma, { olderThanMs: -60_000, atOnce: 2, after });
    const first = await look(null);
    const second = await look(first.next);
    expect([first.settled, second.settled]).toEqual([0, 0]);
    expect(await look(second.next)).toMatchObject({ settled: 1, next: null, trouble: null });
    expect(await prisma.auditIntent.count({ where: { id: last.id } })).toBe(0);
  });

  it('I4 counts what a purge that was broken off had purged; one that had not begun leaves nothing', async () => {
    const { prisma } = database;
    const many = { ...record('instance.purge-many'), target: 'instances', detail: { createdTimeFrom: 'x' } };
    await writeIntent(prisma, many);
    const broken = await writeIntent(prisma, many);
    await instance('i');
    await notePortion(prisma, broken, { field: 'instancesDeleted', before: 200, ids: ['gone', 'i', 'gone-too'] });
    // It may still be at it, however long ago it began.
    await prisma.auditIntent.updateMany({ data: { at: new Date(Date.now() - 3_600_000) } });
    expect((await settleIntents(prisma)).settled).toBe(1);
    expect(await entries()).toEqual([]);
    expect((await settleIntents(prisma, { olderThanMs: -60_000 })).settled).toBe(1);
    expect(await entries()).toMatchObject([
      { action: 'instance.purge-many', detail: { createdTimeFrom: 'x', instancesDeleted: 202, brokenOff: true }, outcome: null },
    ]);
    const [{ detail } = { detail: {} }] = await entries();
    expect(detail).not.toHaveProperty('portion');
  });
});
