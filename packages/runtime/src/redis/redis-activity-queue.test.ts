import { executionId, instanceId, stepKey } from '@perdure/engine';
import { eventually, startOwnRedis, type OwnRedis } from '@perdure/testing';
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActivityJob } from '../activity-runner.ts';
import { RedisActivityQueue } from './redis-activity-queue.ts';

let server: OwnRedis;
let admin: Redis;
let incarnation = '';
const opened: RedisActivityQueue[] = [];
/** Of all queues of a test: instance and consumer. */
let taken: string[] = [];
/** What the jobs taken wait for. */
let ends: (() => void)[] = [];

beforeAll(async () => {
  server = await startOwnRedis();
  admin = new Redis(server.url);
});

beforeEach(() => {
  incarnation = randomUUID();
  taken = [];
  ends = [];
});

afterEach(async () => {
  for (const end of ends) end();
  await Promise.all(opened.splice(0).map((queue) => queue.close()));
});

afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

const job = (instance: string, attempt = 1): ActivityJob => ({
  instanceId: instanceId(instance),
  executionId: executionId('e'),
  step: stepKey('work#1'),
  attempt,
  releases: 0,
  again: false,
  activity: 'http',
  node: 'work',
  input: null,
  timeoutMs: null,
});

async function open(): Promise<RedisActivityQueue> {
  const queue = new RedisActivityQueue(server.url, incarnation, { concurrency: 1 });
  opened.push(queue);
  await eventually('the queue is there', () => queue.available() || undefined);
  return queue;
}

/** Serves one job at a time, which ends when the test says so. */
async function served(consumer: string): Promise<RedisActivityQueue> {
  const queue = await open();
  queue.serve(consumer, ({ instanceId: id }) => {
    taken.push(`${id} by ${consumer}`);
    return new Promise<void>((end) => ends.push(end));
  });
  return queue;
}

const takes = (count: number) => eventually(`${count} jobs are taken`, () => taken.length >= count || undefined);
const entries = () => admin.xlen(`perdure:{${incarnation}}:q:far`);
const names = () => admin.hlen(`perdure:{${incarnation}}:jobs:far`);

describe('RedisActivityQueue', () => {
  it('has a job once that is handed in again before anybody took it', async () => {
    const [one, other] = [await open(), await open()];
    const ticket = await one.add('far', job('a'));
    expect(await other.add('far', { ...job('a'), again: true })).toBe(ticket);
    expect(await other.add('far', job('a', 2))).not.toBe(ticket);
    expect([await entries(), await names()]).toEqual([2, 2]);
    expect(await other.lost('far', [ticket])).toEqual([]);
  });

  it('has a job once that is handed in again by the one who runs it', async () => {
    const owner = await open();
    const ticket = await owner.add('far', job('a'));
    const heir = await served('heir');
    await takes(1);
    expect(await heir.add('far', { ...job('a'), again: true })).toBe(ticket);
    expect([await entries(), await names()]).toEqual([1, 1]);
  });

  it('puts a job in the place of the same one that somebody else has taken', async () => {
    const vanished = await served('vanished');
    const ticket = await vanished.add('far', job('a'));
    await takes(1);
    const heir = await served('heir');
    const second = await heir.add('far', { ...job('a'), again: true });
    expect(await heir.lost('far', [ticket, second])).toEqual([ticket]);
    await takes(2);
    expect(taken).toEqual(['a by vanished', 'a by heir']);
    // The late end of the one is none of the other's.
    ends[0]?.();
    await vanished.add('far', job('b'));
    await takes(3);
    expect([await entries(), await names()]).toEqual([2, 2]);
  });

  it('keeps nothing of a job that is finished or taken back', async () => {
    const queue = await served('one');
    await queue.add('far', job('a'));
    await takes(1);
    const ticket = await queue.add('far', job('b'));
    await queue.remove('far', ticket);
    ends[0]?.();
    await eventually('nothing is left', async () => (await entries()) + (await names()) === 0 || undefined);
    expect(taken).toEqual(['a by one']);
  });

  it('serves what an earlier version handed in, which has no name', async () => {
    const queue = await served('one');
    const run = /^run_id:(\w+)/m.exec(await admin.info('server'))?.[1] ?? '';
    await admin.sadd(`perdure:{${incarnation}}:queues`, 'far');
    await admin.xadd(`perdure:{${incarnation}}:q:far`, '*', 'job', JSON.stringify(job('a')), 'run', run);
    await takes(1);
    ends[0]?.();
    await eventually('nothing is left', async () => (await entries()) === 0 || undefined);
    expect(queue.available()).toBe(true);
  });
});
