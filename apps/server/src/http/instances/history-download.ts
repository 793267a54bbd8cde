/** An instance's history to keep: one event per line, as it is stored. Pages are read one after another, so its length does not matter. */
import { readHistory } from '@perdure/database/read';
import { z } from 'zod';
import { demandInstance } from '../../auth/reach.ts';
import type { Installation } from '../../installation.ts';
import { unknownInstance } from '../../instances/unknown-instance.ts';
import { exportStream } from '../export-places.ts';
import { identityOf, type Routes } from '../route.ts';
import { type Mask, maskOfInstance } from '../../sensitive/mask-of-instance.ts';

const page = 1_000;

export function addHistoryDownload(routes: Routes): void {
  routes.add({
    method: 'GET',
    url: '/api/instances/:id/history.ndjson',
    access: 'instance.read',
    docs: {
      summary: 'History of an instance as it is now, one JSON event per line, oldest first; values over 64 KB as references',
      answers: { 200: 'NDJSON.', 404: 'Unknown instance.', 429: 'As many exports are running as may at a time.' },
    },
    params: z.object({ id: z.string() }),
    handler: async ({ installation, identity, reply, params: { id } }) => {
      const caller = identityOf(identity);
      await demandInstance(installation, caller, 'instance.read', id);
      let first: Read;
      const begin = async (): Promise<void> => {
        first = await readHistory(installation.database.prisma, id, 0, page);
        if (!first) throw unknownInstance(id);
      };
      const mask = await maskOfInstance(installation, caller, id);
      const stream = await exportStream(installation, caller, begin, (demandStill) =>
        lines(installation, id, { first, mask, demandStill }),
      );
      const name = `${id.replaceAll(/[^\w.-]/g, '_')}-history.ndjson`;
      return reply
        .header('content-type', 'application/x-ndjson; charset=utf-8')
        .header('content-disposition', `attachment; filename="${name}"`)
        .header('cache-control', 'no-store')
        .send(stream);
    },
  });
}

type Read = Awaited<ReturnType<typeof readHistory>>;

async function* lines(
  { database }: Installation,
  id: string,
  { first, mask, demandStill }: { first: Read; mask: Mask; demandStill: () => Promise<void> },
): AsyncGenerator<string, void> {
  if (!first) return;
  const end = first.head.seq;
  let read: Read = first;
  while (read && read.events.length > 0) {
    const events = read.events.filter(({ seq }) => seq <= end);
    yield events.map((event) => `${JSON.stringify(mask(event))}\n`).join('');
    const last = events.at(-1)?.seq ?? end;
    // What is appended meanwhile is left for the next download.
    if (last >= end) return;
    await demandStill();
    read = await readHistory(database.prisma, id, last, page);
    // Broken off rather than ended: what came so far must not pass for the whole.
    if (read?.head.executionId !== first.head.executionId)
      throw new Error(`Instance ${id} was purged or started anew while its history was downloaded.`);
  }
}
