import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executionId, instanceId, stepKey } from '@perdure/engine';
import { eventually } from '@perdure/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { AttemptAbort, type ActivityJob } from '../activity-runner.ts';
import type { CellFact } from '../ports/runtime-observer.ts';
import { Cells, type Company } from './cells.ts';

const folder = mkdtempSync(join(tmpdir(), 'perdure-cells-'));
const module = new URL('./activities-fixture.ts', import.meta.url);
const living: Cells[] = [];

afterEach(async () => {
  await Promise.all(living.splice(0).map((cells) => cells.close()));
});

afterAll(() => rmSync(folder, { recursive: true }));

let jobs = 0;
function job(input: string, more: Partial<ActivityJob> = {}): ActivityJob {
  jobs += 1;
  const id = { instanceId: instanceId(`i${jobs}`), executionId: executionId('x'), step: stepKey('work#1') };
  return { ...id, attempt: 1, releases: 0, again: false, activity: 'http', node: 'work', input, timeoutMs: null, ...more };
}

function made(silenceMs = 60_000) {
  const facts: CellFact[] = [];
  const sink = join(folder, `${living.length}-${Math.random()}`);
  const cells = new Cells({
    module,
    settings: { sink },
    heapMb: 64,
    silenceMs,
    loadInput: (input) => input,
    observer: { cell: (fact) => void facts.push(fact) },
    onTrouble: (error) => {
      throw error;
    },
  });
  living.push(cells);
  const attempt = (one: ActivityJob, company: Company = 'alone', abort = new AttemptAbort(), mayBegin = () => Promise.resolve(true)) =>
    cells.attempt(one, abort, company, mayBegin);
  const sunk = (): string => (existsSync(sink) ? readFileSync(sink, 'utf8') : '');
  const begun = (id: string) => eventually(`${id} is begun`, () => sunk().includes(`${id} `) || undefined, 40_000);
  return { cells, attempt, begun, sunk, deaths: () => facts.filter(({ type }) => type === 'died') };
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('Cells', { timeout: 120_000 }, () => {
  it('C1 give what an attempt comes to in the worker itself: outputs, failures, limits, times', async () => {
    const { attempt } = made();
    const told = job('tell', { attempt: 3 });
    expect(await attempt(told)).toMatchObject({
      outcome: { type: 'CompleteTask', output: { input: 'tell', key: `${told.instanceId}/x/work#1`, attempt: 3, node: 'work' } },
      referenced: null,
    });
    expect(await attempt(job('large'))).toEqual({
      outcome: { type: 'CompleteTask', output: null },
      referenced: 'x'.repeat(100_000),
    });
    expect(await attempt(job('complain'))).toMatchObject({
      outcome: { type: 'FailTask', retryable: false, failure: { code: 'Complaint', message: expect.stringContaining('[cut: 5000') } },
    });
    expect(await attempt(job('throw'))).toMatchObject({ outcome: { failure: { code: 'ActivityError', message: 'broken' } } });
    expect(await attempt(job('circle'))).toMatchObject({ outcome: { failure: { code: 'ResultNotKept' } } });
    expect(await attempt(job('tell', { activity: 'unknown' }))).toMatchObject({ outcome: { failure: { code: 'UnknownActivity' } } });
    expect(await attempt(job('deaf', { timeoutMs: 50 }))).toMatchObject({ outcome: { failure: { code: 'Timeout' } } });
  });

  it.for(['exit', 'eat', 'buffers', 'loop'])(
    'C1 C5 an attempt that does "%s" ends its cell and what shares that, and nobody else',
    async (poison) => {
      const { attempt, begun, deaths } = made(poison === 'loop' ? 1_000 : 60_000);
      const bystander = job('deaf');
      const alone = job('wait');
      const abort = new AttemptAbort();
      const [beside, apart] = [attempt(bystander, 'together'), attempt(alone, 'alone', abort)];
      await Promise.all([begun(bystander.instanceId), begun(alone.instanceId)]);
      expect(await attempt(job(poison), 'together')).toBe('died');
      expect(await beside).toBe('died');
      expect(deaths()).toMatchObject([{ attempts: [{ instanceId: bystander.instanceId }, {}] }]);
      // Another one takes its place.
      expect(await attempt(job('tell'), 'together')).toMatchObject({ outcome: { type: 'CompleteTask' } });
      abort.abort();
      expect(await apart).toMatchObject({ outcome: { failure: { code: 'Aborted' } } });
    },
  );

  it('C3 has no secret in its environment', async () => {
    process.env['A_CANARY'] = 'a secret';
    const { attempt } = made();
    const told = await attempt(job('environment'));
    delete process.env['A_CANARY'];
    expect(typeof told === 'object' && told.outcome.type === 'CompleteTask' && told.outcome.output).not.toContain('A_CANARY');
  });

  it('C5 who is alone shares with nobody, and the cell of one that has ended serves the next', async () => {
    const { cells, attempt, begun } = made();
    const waiting = job('wait');
    const abort = new AttemptAbort();
    const waits = attempt(waiting, 'alone', abort);
    await begun(waiting.instanceId);
    await attempt(job('tell'));
    await attempt(job('tell'));
    expect(cells.counters).toEqual({ cellsStarted: 2, cellDeaths: 0 });
    abort.abort();
    await waits;
  });

  it('C6 begins nothing that is not wanted any more, or not this worker’s', async () => {
    const { attempt, sunk } = made();
    const gone = job('tell');
    expect(await attempt(gone, 'alone', new AttemptAbort(), () => Promise.resolve(false))).toBe('left');
    const aborted = new AttemptAbort();
    aborted.abort();
    expect(await attempt(gone, 'together', aborted)).toBe('left');
    const last = job('tell');
    await attempt(last);
    expect(sunk()).toBe(`${last.instanceId} work\n`);
  });

  it('an aborted attempt that does not end takes its cell with it, which is no death', async () => {
    const { cells, attempt, begun, deaths } = made();
    const deaf = job('deaf');
    const abort = new AttemptAbort();
    const ended = attempt(deaf, 'alone', abort);
    await begun(deaf.instanceId);
    abort.abort();
    expect(await ended).toBe('left');
    expect(deaths()).toEqual([]);
    expect(cells.size).toBe(0);
  });

  it('a check ends at once what does not answer, and leaves alone what does', async () => {
    const { cells, attempt, begun } = made();
    const [loop, wait] = [job('loop'), job('wait')];
    const abort = new AttemptAbort();
    const [looping, waiting] = [attempt(loop), attempt(wait, 'alone', abort)];
    await Promise.all([begun(loop.instanceId), begun(wait.instanceId)]);
    await cells.check(() => true);
    expect(await looping).toBe('died');
    expect(cells.size).toBe(1);
    abort.abort();
    expect(await waiting).toMatchObject({ outcome: { failure: { code: 'Aborted' } } });
  });

  it('C2 a cell whose main thread loops for ever ends with its worker, however that ends', async () => {
    const sink = join(folder, 'orphan');
    const program = `
      import { Cell } from ${JSON.stringify(new URL('./cell.ts', import.meta.url).href)};
      const cell = new Cell({ module: new URL(${JSON.stringify(module.href)}), settings: { sink: ${JSON.stringify(sink)} }, heapMb: 64, silenceMs: 600_000 }, false);
      await cell.ready;
      void cell.run(${JSON.stringify(job('loop'))}, new AbortController().signal);
      console.log(cell.pid);
      setInterval(() => {}, 1_000);`;
    const worker = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((told) => worker.stdout.once('data', (text: Buffer) => told(Number(text.toString()))));
    await eventually('it loops', () => existsSync(sink) || undefined);
    expect(isRunning(pid)).toBe(true);
    worker.kill('SIGKILL');
    try {
      await eventually('the cell is gone', () => !isRunning(pid) || undefined);
    } finally {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    }
  });
});
