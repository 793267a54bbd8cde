/**
 * What each person may do, kept for a moment: every request asks.
 *
 * G1 A change of grants, groups or people drops what is kept in this process before the change is answered, and in the others as soon as they
 *    are told. A telling that is lost costs `keptForMs` at most.
 * G2 What was being read when it was dropped is not kept.
 */
import type { Database } from '@perdure/database';
import { readGrants } from '@perdure/database/read';
import type { Runtime } from '@perdure/runtime';
import { grantOfRole, type Grant } from './identity.ts';
import { asRole } from './permissions.ts';

const topic = 'grants';
const keptForMs = 5_000;
const keptAtMost = 10_000;

export interface HeldGrants {
  groups: readonly string[];
  grants: readonly Grant[];
  /** When they were last given something, in epoch ms. */
  changedAt: number | null;
}

/** Whether what was loaded at one time is still what they hold. */
export function isSameRights(one: Pick<HeldGrants, 'groups' | 'grants'>, other: Pick<HeldGrants, 'groups' | 'grants'>): boolean {
  const text = ({ groups, grants }: Pick<HeldGrants, 'groups' | 'grants'>): string => JSON.stringify([groups, grants]);
  return text(one) === text(other);
}

export class GrantBook {
  readonly #database: Pick<Database, 'prisma'>;
  readonly #carrier: Pick<Runtime, 'tellOthers'>;
  readonly #kept = new Map<string, { held: Promise<HeldGrants | null>; at: number }>();
  readonly #listeners = new Set<(userId: string | null) => void>();
  readonly #stopHearing: () => void;

  constructor(database: Pick<Database, 'prisma'>, carrier: Pick<Runtime, 'tellOthers' | 'onTold'>) {
    this.#database = database;
    this.#carrier = carrier;
    this.#stopHearing = carrier.onTold(topic, (data) => this.#drop(typeof data === 'string' ? data : null));
  }

  /** Null: there is no such person, or they are disabled. */
  load(userId: string): Promise<HeldGrants | null> {
    const kept = this.#kept.get(userId);
    if (kept !== undefined && performance.now() - kept.at < keptForMs) return kept.held;
    const read = { held: this.#read(userId), at: performance.now() };
    this.#kept.set(userId, read);
    read.held.catch(() => {
      if (this.#kept.get(userId) === read) this.#kept.delete(userId);
    });
    if (this.#kept.size > keptAtMost) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    return read.held;
  }

  /** Call after the commit. Null: of more than one person, as when a group changed. */
  changed(userId: string | null): void {
    this.#drop(userId);
    this.#carrier.tellOthers(topic, userId);
  }

  /** Calls the listener when grants changed in any process. Gives the way to stop. */
  onChanged(listener: (userId: string | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#stopHearing();
  }

  #drop(userId: string | null): void {
    if (userId === null) this.#kept.clear();
    else this.#kept.delete(userId);
    for (const listener of this.#listeners) listener(userId);
  }

  async #read(userId: string): Promise<HeldGrants | null> {
    const stored = await readGrants(this.#database.prisma, userId);
    if (stored === undefined || stored.disabled) return null;
    return {
      groups: stored.groups,
      changedAt: stored.changedAt,
      grants: stored.grants.map(({ role, folder, sensitive }) => grantOfRole(asRole(role), folder, sensitive)),
    };
  }
}
