/** Procedures of the web app's API, called as its page calls them. */
import type { ServerProcess } from '@perdure/testing/server-process';

export interface Answer {
  data: unknown;
  /** Round trip. */
  ms: number;
  /** By which the server's log knows it. */
  requestId: string;
}

export async function ask(server: ServerProcess, cookie: string, path: string, input: object): Promise<Answer> {
  return call(path, `${server.origin}/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`, { headers: { cookie } });
}

export async function tell<Data>(server: ServerProcess, cookie: string, path: string, input: object): Promise<Data> {
  const { data } = await call(path, `${server.origin}/trpc/${path}`, {
    method: 'POST',
    headers: { cookie, origin: server.origin, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  return data as Data; // of the contract
}

async function call(path: string, address: string, request: RequestInit): Promise<Answer> {
  const startedAt = performance.now();
  const answer = await fetch(address, request);
  const text = await answer.text();
  const ms = performance.now() - startedAt;
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 300)}`);
  const { data } = (JSON.parse(text) as { result: { data: unknown } }).result; // of the contract
  return { data, ms, requestId: answer.headers.get('x-request-id') ?? '' };
}
