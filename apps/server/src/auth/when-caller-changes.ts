import { isApiKeyGood, isSessionOpen } from '@perdure/database/read';
import type { Installation } from '../installation.ts';
import { isSameRights } from './grant-book.ts';
import { adminKey, type Identity } from './identity.ts';

const recheckMs = 60_000;

/**
 * For streams over plain HTTP: calls back when the caller's session or key has ended, or when their rights or any key changed; the client
 * begins anew and is asked again. Gives the way to stop.
 */
export function whenCallerChanges(
  { grants, apiKeys, sessionEnds, database }: Pick<Installation, 'grants' | 'apiKeys' | 'sessionEnds' | 'database'>,
  identity: Identity,
  ended: () => void,
  everyMs = recheckMs,
): () => void {
  if (identity === adminKey) return () => undefined; // good for as long as this process lives
  const stops =
    identity.kind === 'key'
      ? [apiKeys.onChanged(ended)]
      : [
          grants.onChanged((userId) => {
            if (userId === null || userId === identity.id) ended();
          }),
          sessionEnds.onEnded((ids) => {
            if (ids.includes(identity.sessionId)) ended();
          }),
        ];
  // It may also have expired, or have ended, or the rights may have changed, in a process that could not tell.
  const recheck = setInterval(() => {
    isStillCaller({ grants, database }, identity).then(
      (good) => {
        if (!good) ended();
      },
      () => undefined, // the database is away; the next round looks again
    );
  }, everyMs);
  return () => {
    clearInterval(recheck);
    for (const stop of stops) stop();
  };
}

/** Whether the caller's session or key is still good, with the rights it began with. */
export async function isStillCaller(
  { grants, database: { prisma } }: Pick<Installation, 'grants' | 'database'>,
  identity: Identity,
): Promise<boolean> {
  if (identity === adminKey) return true;
  if (identity.kind === 'key') return isApiKeyGood(prisma, identity.name);
  const [open, held] = await Promise.all([isSessionOpen(prisma, identity.sessionId), grants.load(identity.id)]);
  return open && held !== null && isSameRights(held, identity);
}
