/**
 * A session that began before its owner's rights changed is replaced by a new one at its next request, so that what somebody may have got hold
 * of before does not grow with the rights. The old one lives on for a moment, for what is under way with it.
 *
 * A server that stops in that moment leaves the old one: it is replaced again at its next request.
 */
import type { Database } from '@perdure/database';
import { dropSession } from '@perdure/database/write';
import type { SessionEnds } from './session-ends.ts';

const graceMs = 30_000;

export class SessionRotation {
  readonly #database: Pick<Database, 'prisma'>;
  readonly #sessionEnds: SessionEnds;
  readonly #replaced = new Map<string, NodeJS.Timeout>();

  constructor(database: Pick<Database, 'prisma'>, sessionEnds: SessionEnds) {
    this.#database = database;
    this.#sessionEnds = sessionEnds;
  }

  /** Whether the caller is to make the new one: of several requests at the same time, one is. */
  claim(session: { id: string; createdAt: Date }, rightsChangedAt: number | null): boolean {
    if (rightsChangedAt === null || session.createdAt.getTime() >= rightsChangedAt || this.#replaced.has(session.id)) return false;
    this.endSoon(session.id);
    return true;
  }

  /** For one that another has taken the place of. */
  endSoon(sessionId: string): void {
    const timer = setTimeout(() => {
      this.#replaced.delete(sessionId);
      dropSession(this.#database.prisma, sessionId).then(
        () => this.#sessionEnds.ended([sessionId]),
        () => undefined, // the database is away: it is replaced again at its next request
      );
    }, graceMs);
    this.#replaced.set(sessionId, timer.unref());
  }

  close(): void {
    for (const timer of this.#replaced.values()) clearTimeout(timer);
  }
}
