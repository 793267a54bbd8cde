import type { EntityEvent } from '@perdure/engine';
import { type EntityRecord, readHistory } from '@perdure/database/read';
import type { Json } from '@perdure/graph';
import type { Installation } from '../installation.ts';
import { withPreviews } from '../instances/payloads.ts';
import { withPersonName } from './with-person-name.ts';

/** The last things that happened to an entity, oldest first, with people by their names. */
export async function recentEntityEvents(installation: Installation, { id, seq }: EntityRecord, limit: number): Promise<EntityEvent[]> {
  const { database, runtime } = installation;
  const read = await readHistory(database.prisma, id, Math.max(0, seq - limit), limit);
  const events = (read?.events ?? []) as unknown as EntityEvent[]; // an entity's rows hold an entity's events
  const names = new Map<string, Promise<string>>();
  return Promise.all(
    events.map(async (event) => {
      const shown = (await withPreviews(event as unknown as Json, runtime.payloads)) as unknown as EntityEvent; // the same event, its large values cut
      if (!('request' in shown)) return shown;
      return { ...shown, request: { ...shown.request, from: await withPersonName(installation, shown.request.from, names) } };
    }),
  );
}
