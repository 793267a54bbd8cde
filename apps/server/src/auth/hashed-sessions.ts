/**
 * Between better-auth and its tables: a session is stored under the hash of its token, so that whoever reads the database, or a copy of it,
 * cannot go on with anybody's session. better-auth itself only ever sees tokens.
 *
 * The token is 32 random characters, so a plain hash cannot be turned back.
 */
import { createHash } from 'node:crypto';
import type { BetterAuthOptions, DBAdapter, DBTransactionAdapter, Where } from 'better-auth';

export function withHashedSessions(open: (options: BetterAuthOptions) => DBAdapter): (options: BetterAuthOptions) => DBAdapter {
  return (options) => {
    const adapter = open(options);
    return {
      ...hashing(adapter),
      transaction: (callback) => adapter.transaction((inner) => callback(hashing(inner))),
    };
  };
}

function hashing<Adapter extends DBTransactionAdapter>(adapter: Adapter): Adapter {
  const { create, findOne, findMany, count, update, updateMany, delete: remove, deleteMany, consumeOne } = adapter;
  return {
    ...adapter,
    async create(data) {
      const { token } = data.data as { token?: unknown };
      if (data.model !== 'session' || typeof token !== 'string') return create(data);
      const row = await create({ ...data, data: { ...data.data, token: hashed(token) } });
      return withTokens(row, [token]);
    },
    async findOne(data) {
      return withTokens(await findOne(told(data)), tokensOf(data));
    },
    async findMany(data) {
      const rows = await findMany(told(data));
      return rows.map((row) => withTokens(row, tokensOf(data)));
    },
    count: (data) => count(told(data)),
    async update(data) {
      return withTokens(await update(told(data)), tokensOf(data));
    },
    updateMany: (data) => updateMany(told(data)),
    delete: (data) => remove(told(data)),
    deleteMany: (data) => deleteMany(told(data)),
    async consumeOne(data) {
      return withTokens(await consumeOne(told(data)), tokensOf(data));
    },
  } satisfies Partial<DBTransactionAdapter> as Adapter; // all that Adapter has, with some of it replaced by the same
}

interface Asked {
  model: string;
  where?: Where[] | undefined;
}

function isToken(asked: Asked, { field }: Where): boolean {
  return asked.model === 'session' && field === 'token';
}

function tokensOf(asked: Asked): string[] {
  return (asked.where ?? []).filter((where) => isToken(asked, where)).flatMap(({ value }) => value as string | string[]); // what tokens are
}

/** Asks for hashes where it asks for tokens. */
function told<Data extends Asked>(asked: Data): Data {
  if (tokensOf(asked).length === 0) return asked;
  const where = asked.where?.map((one) => {
    if (!isToken(asked, one)) return one;
    return { ...one, value: Array.isArray(one.value) ? one.value.map((token) => hashed(String(token))) : hashed(String(one.value)) };
  });
  return { ...asked, where };
}

/** The row as better-auth knows it. One that was not found by its token keeps the hash, which opens nothing. */
function withTokens<Row>(row: Row, tokens: readonly string[]): Row {
  if (typeof row !== 'object' || row === null || !('token' in row)) return row;
  const token = tokens.find((one) => hashed(one) === row.token);
  return token === undefined ? row : { ...row, token };
}

function hashed(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
