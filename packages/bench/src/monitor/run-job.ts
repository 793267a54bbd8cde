import type { ServerProcess } from '@perdure/testing/server-process';
import { ask, tell } from './calls.ts';

/** A bulk job from its preview to its end, as a person has it done. Gives how many it was done with. */
export async function runJob(server: ServerProcess, cookie: string, request: object, filter: object): Promise<number> {
  const { asOf, eligible } = (await ask(server, cookie, 'bulk.preview', { request, filter })).data as { asOf: string; eligible: number }; // of the contract
  const { id } = await tell<{ id: string }>(server, cookie, 'bulk.create', { request, filter, reason: 'bench', asOf, expected: eligible });
  for (;;) {
    const { status, done } = (await ask(server, cookie, 'bulk.get', { id })).data as { status: string; done: number }; // of the contract
    if (status === 'finished') return done;
    await new Promise((resume) => setTimeout(resume, 100));
  }
}
