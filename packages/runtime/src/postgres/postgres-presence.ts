/**
 * The session by which a worker is present: a connection of its own that holds an advisory lock of a random number for as long as it lives. When
 * the process dies, its kernel closes the connection, Postgres ends the session, and whoever tries gets the lock.
 *
 * A pooler keeps sessions of its own, whose locks say nothing of who is behind it. It gives its clients a process id that is not the session's:
 * then there is no presence, and nothing is locked.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { Presence, PresenceLook } from '../ports/durable-store.ts';

const lookSql = readFileSync(new URL('./look-for-workers.sql', import.meta.url), 'utf8');
const closeWithinMs = 1_000;

/** Opens it; null when a pooler stands between. `onEnded` is called once, should it end without being closed. */
export async function openPresence(url: string, leaseMs: number, onEnded: () => void): Promise<Presence | null> {
  const lease = Math.ceil(leaseMs / 1_000);
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: leaseMs,
    // Slower than this it proves nothing any more.
    query_timeout: leaseMs,
    application_name: 'perdure-worker',
    keepAlive: true,
    // Whose machine or network is gone is found out by its leases. Postgres forgets the session behind that, not before: a network that stands
    // still for a moment is no death.
    options: `-c jit=off -c idle_session_timeout=0 -c tcp_keepalives_idle=${lease} -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c tcp_user_timeout=${leaseMs + 3_000}`,
  });
  const id = randomBytes(8).readBigInt64BE().toString();
  let isOpen = false;
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    onEnded();
  };
  client.on('error', end);
  client.on('end', end);
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    // What the server said of itself when the connection was opened; the type does not tell of it.
    const { processID } = client as pg.Client & { processID?: number };
    if (rows[0]?.pid !== processID) {
      await closed(client);
      return null;
    }
    await client.query('SELECT pg_advisory_lock($1::bigint)', [id]);
  } catch (error) {
    void closed(client);
    throw error;
  }
  isOpen = true;
  return {
    id,
    async announce(workerId: string) {
      const { rowCount } = await client.query('UPDATE worker SET presence = $2 WHERE id = $1', [workerId, id]);
      return rowCount === 1;
    },
    async look(workerId: string): Promise<PresenceLook> {
      const { rows } = await client.query<{ presence: string; held: boolean; up_ms: number }>({
        name: 'look-for-workers',
        text: lookSql,
        values: [workerId],
      });
      return {
        peers: rows.map(({ presence, held }) => ({ presence, isHeld: held })),
        serverUpMs: rows[0]?.up_ms ?? 0,
      };
    },
    async close() {
      isOpen = false;
      await closed(client);
    },
  };
}

/** A network that swallows everything does not tell that a connection is closed. */
async function closed(client: pg.Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resume) => {
    timer = setTimeout(resume, closeWithinMs);
  });
  await Promise.race([client.end().catch(() => undefined), patience]);
  clearTimeout(timer);
}
