import { startTestPostgres, publishWorkflow, drawWorkflow, type TestPostgres } from '@perdure/testing';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

// An embedded database is set up with fsync on.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let postgres: TestPostgres;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-cli-'));
  postgres = await startTestPostgres();
});

afterEach(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

function perdure(words: readonly string[], env: Record<string, string>): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'cli.ts'), ...words], {
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    timeout: 60_000,
  });
  return { code: status, output: `${stdout}${stderr}` };
}

it('carries an installation from an outside database into an embedded one, and backs that up while it is stopped', async () => {
  await publishWorkflow(postgres.url, 'w', drawWorkflow({ start: { type: 'start' }, done: { type: 'end' } }, ['start -> done']));
  const outside = { DATABASE_URL: postgres.url };
  const embedded = { PERDURE_DATA_DIR: join(folder, 'data') };

  expect(perdure(['backup', 'one'], outside)).toMatchObject({
    code: 0,
    output: expect.stringMatching(/Backed up 1 workflows and 0 instances.*not encrypted/s) as string,
  });
  expect(perdure(['backup', 'one'], outside)).toMatchObject({ code: 1, output: expect.stringContaining('exists already') as string });

  const restored = perdure(['restore', 'one'], embedded);
  expect(restored).toMatchObject({ code: 0, output: expect.stringMatching(/Restored 1 workflows.*Nothing runs yet/s) as string });
  expect(existsSync(join(folder, 'data/lock'))).toBe(false);
  expect(perdure(['restore', 'one'], embedded)).toMatchObject({
    code: 1,
    output: expect.stringMatching(/Nothing was changed.*--replace/s) as string,
  });
  expect(perdure(['restore', 'one', '--replace'], embedded)).toMatchObject({ code: 0 });

  expect(perdure(['backup', 'two'], embedded)).toMatchObject({
    code: 0,
    output: expect.stringContaining('Backed up 1 workflows') as string,
  });
});

it('says what it takes', () => {
  expect(perdure(['restore'], {})).toMatchObject({ code: 2, output: expect.stringContaining('restore <file> [--replace]') as string });
  expect(perdure(['restore', 'missing'], {})).toMatchObject({ code: 1, output: expect.stringContaining('There is no file') as string });
  expect(perdure(['nonsense'], {})).toMatchObject({ code: 2, output: expect.stringContaining('no such command: nonsense') as string });
  expect(perdure([], {})).toMatchObject({ code: 0, output: expect.stringContaining('backup <file>') as string });
});
