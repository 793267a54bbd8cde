import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { openPool } from './open-pool.ts';

/** A message of Postgres' protocol: its letter, its length, what it says. */
function message(letter: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5, letter, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

it('outlives a connection that is ended in the same breath as it was made', async () => {
  const welcome = message('R', Buffer.alloc(4));
  const ready = message('Z', Buffer.from('I'));
  const farewell = message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'));
  const server = createServer((socket) => {
    socket.once('data', () => socket.end(Buffer.concat([welcome, ready, farewell])));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of a TCP server
  const pool = openPool({ host: '127.0.0.1', port, user: 'nobody', max: 1 });
  const client = await pool.connect();
  // Nobody listened to it yet: without the pool's own listener the process had ended here.
  await expect(client.query('SELECT 1')).rejects.toThrow();
  client.release(true);
  await pool.end();
  server.close();
});
