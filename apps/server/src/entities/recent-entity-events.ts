import type { EntityEvent } from '@perdure/engine';
import { type EntityRecord, personName, readHistory } from '@perdure/database/read';
import type { Json } from '@perdure/graph';
import type { Installation } from '../installation.ts';
import { withPreviews } from '../instances/payloads.ts';

/** The last things that happened to an entity, oldest first, with people by their names. */
export async function recentEntityEvents(
  { database, runtime }: Installation,
  { id, seq }: EntityRecord,
  limit: number,
): Promise<EntityEvent[]> {
  const read = await readHistory(database.prisma, id, Math.max(0, seq - limit), limit, mostBytes);
  const events = (read?.events ?? []) as unknown as EntityEvent[]; // an entity's rows hold an entity's events
  const names = new Map<string, Promise<string>>();
  return Promise.all(
    events.map(async (event) => {
      const shown = (await withPreviews(event as unknown as Json, runtime.payloads)) as unknown as EntityEvent; // the same event, its large values cut
      if (!('request' in shown) || shown.request.from.kind !== 'api') return shown;
      const { by } = shown.request.from;
      const name = names.get(by) ?? personName(database.prisma, by);
      names.set(by, name);
      return { ...shown, request: { ...shown.request, from: { kind: 'api' as const, by: await name } } };
    }),
  );
}

/** States of 64 KB each must not make the page slow. */
const mostBytes = 1_048_576;
