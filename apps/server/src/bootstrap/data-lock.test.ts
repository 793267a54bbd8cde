import { processIdentity } from '@perdure/embedded';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acquireDataLock, lockHolder, type DataLock } from './data-lock.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'perdure-lock-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

it('is had by one at a time, and refused with the pid of its holder', async () => {
  const lock = await mustAcquire();
  expect(lockHolder(directory)).toBe(process.pid);
  expect(await acquireDataLock(directory)).toEqual({
    ok: false,
    pid: process.pid,
    reason: `Perdure is already running from ${directory} (process ${process.pid}). Stop it first, or choose another directory with PERDURE_DATA_DIR.`,
  });
  lock.release();
  expect(lockHolder(directory)).toBeUndefined();
  (await mustAcquire()).release();
  expect(readdirSync(directory)).toEqual([]);
});

it('is taken over from a process that was killed', async () => {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { acquireDataLock } from ${JSON.stringify(join(import.meta.dirname, 'data-lock.ts'))};
       const taken = await acquireDataLock(${JSON.stringify(directory)});
       console.log(taken.ok);
       setInterval(() => undefined, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [output] = (await once(child.stdout, 'data')) as [Buffer];
  expect(output.toString().trim()).toBe('true');
  expect(await acquireDataLock(directory)).toMatchObject({ ok: false, pid: child.pid });

  child.kill('SIGKILL');
  await once(child, 'exit');
  await mustAcquire();
  expect(lockHolder(directory)).toBe(process.pid);
});

it('is taken over when the pid in it was given out again', async () => {
  writeFileSync(join(directory, 'lock'), JSON.stringify({ id: 'old', pid: process.pid, started: 'another boot/1', stopping: false }));
  expect(await acquireDataLock(directory)).toMatchObject({ ok: true });
});

it.each(['', '{', '{"pid":1}', 'null'])('is taken over when the file holds %o', async (content) => {
  writeFileSync(join(directory, 'lock'), content);
  expect(await acquireDataLock(directory)).toMatchObject({ ok: true });
});

it('goes to exactly one of many that find it stale', async () => {
  writeFileSync(join(directory, 'lock'), JSON.stringify({ id: 'old', pid: process.pid, started: 'another boot/1', stopping: false }));
  const results = await Promise.all(Array.from({ length: 20 }, () => acquireDataLock(directory)));
  expect(results.filter((result) => result.ok)).toHaveLength(1);
});

it('is waited for when its holder is stopping', async () => {
  const lock = await mustAcquire();
  lock.markStopping();
  const second = acquireDataLock(directory);
  setTimeout(() => lock.release(), 150);
  expect(await second).toMatchObject({ ok: true });
});

it('is not released by one who has lost it', async () => {
  const lock = await mustAcquire();
  writeFileSync(
    join(directory, 'lock'),
    JSON.stringify({ id: 'other', pid: process.pid, started: processIdentity(process.pid), stopping: false }),
  );
  lock.release();
  lock.markStopping();
  expect(JSON.parse(readFileSync(join(directory, 'lock'), 'utf8'))).toMatchObject({ id: 'other', stopping: false });
});

async function mustAcquire(): Promise<DataLock> {
  const acquired = await acquireDataLock(directory);
  if (!acquired.ok) throw new Error(acquired.reason);
  return acquired.lock;
}
