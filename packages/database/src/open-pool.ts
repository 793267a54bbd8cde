import pg from 'pg';

/**
 * A pool whose connections may end at any moment: the statement underway reports it, and the next one gets another connection. An end that no
 * statement is there to report would otherwise end the process: while a connection is idle, between two statements of whoever has taken it, and
 * in the moment before they have it, when the server says farewell together with its welcome.
 */
export function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
