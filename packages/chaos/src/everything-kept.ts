/**
 * All the text an installation keeps or gives away, piece by piece with the name of its place: every row of every table, every key and value in
 * Redis, files, what processes were started with. For searching; nothing is judged here.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { Redis } from 'ioredis';
import pg from 'pg';

export interface Piece {
  readonly place: string;
  readonly text: string;
}

/** `table <name>`: a row as JSON each. */
export async function tableTexts(databaseUrl: string): Promise<Piece[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    );
    const pieces: Piece[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(`SELECT to_jsonb(t)::text AS text FROM ${name} t`);
      for (const { text } of rows) pieces.push({ place: `table ${name.replace(/^public\./, '')}`, text: withUnpacked(text) });
    }
    return pieces;
  } finally {
    await client.end();
  }
}

/** Rows as JSON or as COPY writes them, followed by what is packed in them: payloads (packed-payload.ts in the runtime). */
export function withUnpacked(rows: string): string {
  return [
    rows,
    ...Array.from(rows.matchAll(/\\x(28b52ffd[0-9a-f]+)/g), ([, hex]) => zstdDecompressSync(Buffer.from(hex ?? '', 'hex'))),
  ].join('\n');
}

/** `redis <key>`. */
export async function redisTexts(redisUrl: string): Promise<Piece[]> {
  const redis = new Redis(redisUrl);
  try {
    const pieces: Piece[] = [];
    for await (const keys of redis.scanStream({ count: 1_000 }) as AsyncIterable<string[]>) {
      for (const key of keys) pieces.push({ place: `redis ${key}`, text: `${key} ${JSON.stringify(await valueOf(redis, key))}` });
    }
    return pieces;
  } finally {
    redis.disconnect();
  }
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  switch (type) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    // It has run out since it was named.
    case 'none':
      return null;
    default:
      throw new Error(`The Redis key ${key} is a ${type}, which nobody has thought of.`);
  }
}

/** `file <path below the folder>`, bytes as Latin-1: text in them is found, whatever else they are. Files that go away meanwhile are left out. */
export function fileTexts(folder: string): Piece[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((path) => {
    try {
      if (!statSync(join(folder, path)).isFile()) return [];
      return [{ place: `file ${path}`, text: readFileSync(join(folder, path), 'latin1') }];
    } catch {
      return [];
    }
  });
}

/** `command line of <pid>` of a process and all below it, which anybody on the machine may read, and `environment of <pid>` of those below. */
export function processTexts(pid: number): Piece[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = /^PPid:\s+(\d+)$/m.exec(procFile(Number(name), 'status'))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (one: number | undefined): boolean => one !== undefined && (parents.get(one) === pid || isBelow(parents.get(one)));
  const below = [...parents.keys()].filter(isBelow);
  return [
    ...[pid, ...below].map((one) => ({ place: `command line of ${one}`, text: procFile(one, 'cmdline') })),
    ...below.map((one) => ({ place: `environment of ${one} (${procFile(one, 'comm').trim()})`, text: procFile(one, 'environ') })),
  ];
}

function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}
