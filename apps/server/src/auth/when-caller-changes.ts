import { isSessionOpen } from '@perdure/database/read';
import type { Installation } from '../installation.ts';
import type { Identity } from './identity.ts';

const recheckMs = 60_000;

/**
 * For streams over plain HTTP: calls back once when the caller's session has ended, or when their rights or any key changed; the client begins
 * anew and is asked again. Gives the way to stop.
 */
export function whenCallerChanges(
  { grants, apiKeys, sessionEnds, database }: Pick<Installation, 'grants' | 'apiKeys' | 'sessionEnds' | 'database'>,
  identity: Identity,
  ended: () => void,
): () => void {
  if (identity.kind === 'key') return apiKeys.onChanged(ended);
  const { id, sessionId } = identity;
  const stops = [
    grants.onChanged((userId) => {
      if (userId === null || userId === id) ended();
    }),
    sessionEnds.onEnded((ids) => {
      if (ids.includes(sessionId)) ended();
    }),
  ];
  // It may also have expired, or have ended in a process that could not tell.
  const recheck = setInterval(() => {
    isSessionOpen(database.prisma, sessionId).then(
      (open) => {
        if (!open) ended();
      },
      () => undefined, // the database is away; the next round looks again
    );
  }, recheckMs);
  return () => {
    clearInterval(recheck);
    for (const stop of stops) stop();
  };
}
