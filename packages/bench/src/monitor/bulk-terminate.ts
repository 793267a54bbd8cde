/**
 * 10,000 waiting instances terminated by one job, while others go on starting theirs: how long the job takes from its confirmation to its end,
 * and how much longer a start takes than it did just before. The instances are purged afterwards, so a kept database stays as it was.
 */
import { drawWorkflow, publishWorkflow } from '@perdure/testing';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import { percentile } from '../bench-runtime.ts';

const count = 10_000;
const startsAtOnce = 50;
/** Before the job, and while it runs: so many, so far apart. */
const othersBefore = 200;
const othersEveryMs = 25;

const waits = drawWorkflow({ start: { type: 'start' }, wait: { type: 'event', config: { name: 'go' } }, done: { type: 'end' } }, [
  'start -> wait',
  'wait -> done',
]);
const other = drawWorkflow({ start: { type: 'start' }, done: { type: 'end' } }, ['start -> done']);

export async function bulkTerminate(databaseUrl: string, redisUrl: string | null): Promise<Record<string, number>> {
  const server = await startServerProcess({ databaseUrl, redisUrl });
  const run = Date.now().toString(36);
  const text = `BULK-${run}-`;
  try {
    await publishWorkflow(databaseUrl, `bulk-waits-${run}`, waits);
    await publishWorkflow(databaseUrl, `bulk-other-${run}`, other);
    const cookie = await server.signIn();
    for (let from = 0; from < count; from += startsAtOnce)
      await Promise.all(Array.from({ length: startsAtOnce }, (_, i) => start(server, `bulk-waits-${run}`, `${text}${from + i}`)));
    const others = (name: string, goesOn: (index: number) => boolean) => startOthers(server, `bulk-other-${run}`, `${name}-${run}`, goesOn);
    await others('warm', (index) => index < othersBefore);
    const before = await others('before', (index) => index < othersBefore);
    let isOver = false;
    const startedAt = performance.now();
    const job = runJob(server, cookie, { action: 'terminate', recursive: false }, { text }).finally(() => (isOver = true));
    const [meanwhile, done] = await Promise.all([others('meanwhile', () => !isOver), job]);
    const seconds = (done.at - startedAt) / 1_000;
    if (done.done !== count) throw new Error(`The job terminated ${done.done} of ${count} instances.`);
    await runJob(server, cookie, { action: 'purge' }, { text });
    await runJob(server, cookie, { action: 'purge' }, { workflowKeys: [`bulk-other-${run}`] });
    return {
      'bulkTerminate10000.seconds': seconds,
      'bulkTerminate10000.othersBeforeP95Ms': p95Of(before),
      'bulkTerminate10000.othersP95Ms': p95Of(meanwhile),
      'bulkTerminate10000.othersP95Ratio': p95Of(meanwhile) / p95Of(before),
    };
  } finally {
    await server.stop();
  }
}

/** Times of starts that somebody else makes, until `goesOn` says no. */
async function startOthers(server: ServerProcess, workflow: string, name: string, goesOn: (index: number) => boolean): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; goesOn(index); index += 1) {
    const startedAt = performance.now();
    await start(server, workflow, `${name}-${index}`);
    const ms = performance.now() - startedAt;
    times.push(ms);
    await new Promise((resume) => setTimeout(resume, Math.max(0, othersEveryMs - ms)));
  }
  return times;
}

async function start(server: ServerProcess, workflow: string, id: string): Promise<void> {
  const answer = await fetch(`${server.origin}/runtime/webhooks/durabletask/orchestrators/${workflow}/${id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-functions-key': server.apiKey },
    body: '{}',
  });
  if (!answer.ok) throw new Error(`The start of ${id} answered ${answer.status}: ${await answer.text()}`);
}

/** From its preview to its end, as a person has it done. */
async function runJob(server: ServerProcess, cookie: string, request: object, filter: object): Promise<{ done: number; at: number }> {
  const { asOf, eligible } = await procedure<{ asOf: string; eligible: number }>(server, cookie, 'bulk.preview', { request, filter });
  const made = { request, filter, reason: 'bench', asOf, expected: eligible };
  const { id } = await procedure<{ id: string }>(server, cookie, 'bulk.create', made, true);
  for (;;) {
    const { status, done } = await procedure<{ status: string; done: number }>(server, cookie, 'bulk.get', { id });
    if (status === 'finished') return { done, at: performance.now() };
    await new Promise((resume) => setTimeout(resume, 100));
  }
}

async function procedure<Data>(server: ServerProcess, cookie: string, path: string, input: object, mutates = false): Promise<Data> {
  const answer = mutates
    ? await fetch(`${server.origin}/trpc/${path}`, {
        method: 'POST',
        headers: { cookie, origin: server.origin, 'content-type': 'application/json' },
        body: JSON.stringify(input),
      })
    : await fetch(`${server.origin}/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`, { headers: { cookie } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 300)}`);
  return (JSON.parse(text) as { result: { data: Data } }).result.data; // of the contract
}

function p95Of(times: readonly number[]): number {
  return percentile(
    times.toSorted((a, b) => a - b),
    0.95,
  );
}
