/** What everybody else does meanwhile: workflows are started, one every so often, and each start's time is taken. */
import { drawWorkflow } from '@perdure/testing';
import type { ServerProcess } from '@perdure/testing/server-process';

const everyMs = 25;

/** Done as soon as it is begun. */
export const shortWorkflow = drawWorkflow({ start: { type: 'start' }, done: { type: 'end' } }, ['start -> done']);

/** Times of starts, one after another, until `goesOn` says no. */
export async function startOthers(
  server: ServerProcess,
  workflow: string,
  name: string,
  goesOn: (index: number) => boolean,
): Promise<number[]> {
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
