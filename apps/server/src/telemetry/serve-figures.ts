/** `/metrics` of a process that serves nothing else: a worker on its own. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createKeyCheck, findKey } from '../auth/api-key.ts';
import type { Figures } from './figures.ts';

export async function serveFigures(
  { registry }: Figures,
  { host, port, apiKey }: { host: string; port: number; apiKey: string | null },
): Promise<{ close(): Promise<void> }> {
  const isKey = createKeyCheck(apiKey);
  const server = createServer((request, response) => {
    const answer = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
    };
    if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== '/metrics') return answer(404, 'There is only /metrics here.\n');
    const sent = findKey(request.headers, null);
    if (sent === undefined || !isKey(sent.key)) return answer(401, 'Send the admin key as a bearer token.\n');
    registry.metrics().then(
      (text) => answer(200, text, registry.contentType),
      () => answer(500, 'The figures could not be collected.\n'),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
