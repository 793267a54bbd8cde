import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import { TcpProxy } from './tcp-proxy.ts';
import { startTestPostgres } from './test-postgres.ts';

const cleanups: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

describe('TcpProxy', () => {
  it('passes bytes on, both ways and whole', async () => {
    const { proxy } = await echoing();
    const client = await connect(proxy.port);
    const text = 'x'.repeat(1_000_000);
    client.write(text);
    await eventually('all of it comes back', () => client.received.length === text.length || undefined);
    expect(client.received).toBe(text);
  });

  it('[X1] resets what is open', async () => {
    const { proxy } = await echoing();
    const client = await connect(proxy.port);
    client.write('a');
    await eventually('it works', () => client.received === 'a' || undefined);
    expect(proxy.reset()).toBe(1);
    await eventually('the client is told', () => client.fault === 'ECONNRESET' || undefined);
    expect(proxy.connections).toBe(0);
  });

  it.each(['requests', 'answers', 'both'] as const)(
    '[X2] holds %s back without telling anybody, and loses none of it',
    async (direction) => {
      const { proxy, heard } = await echoing();
      const client = await connect(proxy.port);
      client.write('a');
      await eventually('it works', () => client.received === 'a' || undefined);
      proxy.hold(direction);
      client.write('b');
      if (direction === 'answers') await eventually('the server hears it', () => heard() === 'ab' || undefined);
      else {
        await pause(100);
        expect(heard()).toBe('a');
      }
      await pause(100);
      expect(client.received).toBe('a');
      expect(client.fault).toBeUndefined();
      proxy.heal();
      await eventually('it arrives', () => client.received === 'ab' || undefined);
    },
  );

  it('[X3] delays, in order', async () => {
    const { proxy } = await echoing();
    const client = await connect(proxy.port);
    proxy.delay(150);
    client.write('a');
    await pause(10);
    client.write('b');
    await pause(60);
    expect(client.received).toBe('');
    await eventually('it arrives', () => client.received === 'ab' || undefined);
  });

  it('[X4] lets a commit through and swallows its answer', async () => {
    const postgres = await startTestPostgres({ empty: true });
    cleanups.push(() => postgres.stop());
    const { hostname, port } = new URL(postgres.url);
    const proxy = await TcpProxy.start({ host: hostname, port: Number(port) });
    cleanups.push(() => proxy.stop());
    const straight = new pg.Client({ connectionString: postgres.url });
    await straight.connect();
    cleanups.push(() => straight.end());
    await straight.query('CREATE TABLE fact (id int)');

    const through = new pg.Client({ connectionString: proxy.through(postgres.url) });
    through.on('error', () => undefined);
    await through.connect();
    const dropped = proxy.dropAnswer();
    // Other statements are answered.
    await through.query({ name: 'other', text: 'INSERT INTO fact VALUES ($1)', values: [1] });
    await expect(through.query({ name: 'commit-stepped', text: 'INSERT INTO fact VALUES ($1 + 1)', values: [1] })).rejects.toThrow();
    await dropped.done;
    const { rows } = await straight.query<{ id: number }>('SELECT id FROM fact ORDER BY id');
    expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
  });
});

async function echoing(): Promise<{ proxy: TcpProxy; heard(): string }> {
  let heard = '';
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      heard += data.toString();
      socket.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await TcpProxy.start({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }); // It listens on TCP.
  cleanups.push(
    () => void server.close(),
    () => proxy.stop(),
  );
  return { proxy, heard: () => heard };
}

interface Client {
  write(text: string): void;
  readonly received: string;
  readonly fault: string | undefined;
}

async function connect(port: number): Promise<Client> {
  const socket: Socket = createConnection({ host: '127.0.0.1', port });
  let received = '';
  let fault: string | undefined;
  socket.on('data', (data) => {
    received += data.toString();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    fault = error.code;
  });
  await once(socket, 'connect');
  cleanups.push(() => void socket.destroy());
  return {
    write: (text) => void socket.write(text),
    get received() {
      return received;
    },
    get fault() {
      return fault;
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms));
}
