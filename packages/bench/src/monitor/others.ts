/** What everybody else does meanwhile: workflows are started, one every so often, and each start's time is taken. */
import { drawWorkflow } from '@perdure/testing';
import type { ServerProcess } from '@perdure/testing/server-process';
import { p95Of } from '../bench-runtime.ts';
import type { Figures } from '../benches.ts';

const everyMs = 25;
/** Before the work, and once more to warm up. */
const startsBefore = 200;

/** Done as soon as it is begun. */
export const shortWorkflow = drawWorkflow({ start: { type: 'start' }, done: { type: 'end' } }, ['start -> done']);

/**
 * Does `work`, and tells how long that took, and starts of `workflow` meanwhile and just before. `group`: what the figures' names begin with;
 * `run`: stands in their ids, so that no two runs meet.
 */
export async function besideOthers<Done>(
  group: string,
  { server, workflow, run }: { server: ServerProcess; workflow: string; run: string },
  work: () => Promise<Done>,
): Promise<{ done: Done; figures: Figures }> {
  const others = (name: string, goesOn: (index: number) => boolean) => startOthers(server, workflow, `${name}-${run}`, goesOn);
  await others('warm', (index) => index < startsBefore);
  const othersBeforeP95Ms = p95Of(await others('before', (index) => index < startsBefore));
  const startedAt = performance.now();
  let isOver = false;
  const working = work()
    .then((done) => ({ done, seconds: (performance.now() - startedAt) / 1_000 }))
    .finally(() => (isOver = true));
  const [meanwhile, { done, seconds }] = await Promise.all([others('meanwhile', () => !isOver), working]);
  const othersP95Ms = p95Of(meanwhile);
  const figures = {
    [`${group}.seconds`]: seconds,
    [`${group}.othersBeforeP95Ms`]: othersBeforeP95Ms,
    [`${group}.othersP95Ms`]: othersP95Ms,
    [`${group}.othersP95Ratio`]: othersP95Ms / othersBeforeP95Ms,
  };
  return { done, figures };
}

/** Times of starts, one after another, until `goesOn` says no. */
async function startOthers(server: ServerProcess, workflow: string, name: string, goesOn: (index: number) => boolean): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; goesOn(index); index += 1) {
    const startedAt = performance.now();
    await startInstance(server, workflow, `${name}-${index}`);
    const ms = performance.now() - startedAt;
    times.push(ms);
    await new Promise((resume) => setTimeout(resume, Math.max(0, everyMs - ms)));
  }
  return times;
}

const startsAtOnce = 50;

export async function startMany(server: ServerProcess, workflow: string, count: number, idOf: (index: number) => string): Promise<void> {
  for (let from = 0; from < count; from += startsAtOnce)
    await Promise.all(Array.from({ length: startsAtOnce }, (_, i) => startInstance(server, workflow, idOf(from + i))));
}

async function startInstance(server: ServerProcess, workflow: string, id: string): Promise<void> {
  const answer = await fetch(`${server.origin}/runtime/webhooks/durabletask/orchestrators/${workflow}/${id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-functions-key': server.apiKey },
    body: '{}',
  });
  if (!answer.ok) throw new Error(`The start of ${id} answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}
