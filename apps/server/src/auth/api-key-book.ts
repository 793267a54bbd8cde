/**
 * The keys that people made for programs. A key is 32 random bytes; its hash is what is stored and compared, so a plain hash is enough and
 * looking it up tells nothing by its time.
 */
import { hash, randomBytes } from 'node:crypto';
import type { Database } from '@perdure/database';
import { type ApiKeyRecord, findApiKey, markApiKeyUsed } from '@perdure/database/write';
import type { Runtime } from '@perdure/runtime';
import { type Identity, withinFolder } from './identity.ts';
import { allPermissions } from './permissions.ts';

const topic = 'api-keys';
const keptForMs = 5_000;
const keptAtMost = 1_000;
const usedEveryMs = 60_000;

/** Recognised by people, and by tools that look for secrets in sources. */
const begin = 'perdure_';

export interface NewApiKey {
  key: string;
  prefix: string;
  hash: string;
}

export function newApiKey(): NewApiKey {
  const key = begin + randomBytes(32).toString('base64url');
  return { key, prefix: key.slice(0, begin.length + 6), hash: hashOf(key) };
}

export class ApiKeyBook {
  readonly #database: Pick<Database, 'prisma'>;
  readonly #carrier: Pick<Runtime, 'tellOthers'>;
  readonly #kept = new Map<string, { found: Promise<ApiKeyRecord | undefined>; at: number }>();
  readonly #used = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  readonly #stopHearing: () => void;

  constructor(database: Pick<Database, 'prisma'>, carrier: Pick<Runtime, 'tellOthers' | 'onTold'>) {
    this.#database = database;
    this.#carrier = carrier;
    this.#stopHearing = carrier.onTold(topic, () => this.#drop());
  }

  /** Null: there is no such key, it was revoked, or it has expired. */
  async find(key: string): Promise<Identity | null> {
    if (!key.startsWith(begin)) return null;
    const record = await this.#load(hashOf(key));
    if (!record || (record.expiresAt !== null && record.expiresAt.getTime() <= Date.now())) return null;
    this.#markUsed(record.id);
    const { name, folder } = record;
    const permissions = allPermissions.filter((permission) => record.permissions.includes(permission));
    return { kind: 'key', name, grants: [{ role: null, folder, permissions: withinFolder(permissions, folder) }] };
  }

  /** Call after the commit. */
  changed(): void {
    this.#drop();
    this.#carrier.tellOthers(topic, null);
  }

  /** Calls the listener when keys were made or revoked in any process. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#stopHearing();
  }

  #drop(): void {
    this.#kept.clear();
    for (const listener of this.#listeners) listener();
  }

  #load(digest: string): Promise<ApiKeyRecord | undefined> {
    const kept = this.#kept.get(digest);
    if (kept !== undefined && performance.now() - kept.at < keptForMs) return kept.found;
    const read = { found: findApiKey(this.#database.prisma, digest), at: performance.now() };
    this.#kept.set(digest, read);
    read.found.catch(() => {
      if (this.#kept.get(digest) === read) this.#kept.delete(digest);
    });
    // Wrong keys are kept, too: asking with them again and again costs no query each. The oldest go first.
    if (this.#kept.size > keptAtMost) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    return read.found;
  }

  #markUsed(id: string): void {
    const last = this.#used.get(id);
    if (last !== undefined && performance.now() - last < usedEveryMs) return;
    this.#used.set(id, performance.now());
    // Nobody waits for it; the next use tries again.
    markApiKeyUsed(this.#database.prisma, id).catch(() => this.#used.delete(id));
  }
}

function hashOf(key: string): string {
  return hash('sha256', key, 'base64url');
}
