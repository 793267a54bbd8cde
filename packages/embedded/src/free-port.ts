import { createServer } from 'node:net';

/** A loopback port nobody listens on now: the preferred one if it is free. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined) {
    const port = await listenOnce(preferred);
    if (port !== undefined) return port;
  }
  const port = await listenOnce(0);
  if (port === undefined) throw new Error('This system gives no free TCP port on 127.0.0.1.');
  return port;
}

async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer();
  const listening = await new Promise<boolean>((done) => {
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => done(true));
  });
  if (!listening) return undefined;
  const address = server.address();
  await new Promise((done) => server.close(done));
  return address === null || typeof address === 'string' ? undefined : address.port;
}
