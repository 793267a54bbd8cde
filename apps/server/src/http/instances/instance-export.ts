/**
 * Finished instances to keep elsewhere, by a filter of their list: one JSON value per line, newest first. It is read as the client takes it, a
 * page at a time, whatever its length. What somebody may not see is masked as everywhere else.
 */
import { type InstancePlace, listInstances } from '@perdure/database/read';
import { appendAuditAlone } from '@perdure/database/write';
import type { Json } from '@perdure/graph';
import { z } from 'zod';
import { actorOf, type Identity } from '../../auth/identity.ts';
import type { Installation } from '../../installation.ts';
import { finishedOnly } from '../../instances/finished-filter.ts';
import { instanceFilter, instanceFilterInput } from '../../instances/instance-filter.ts';
import { endLine, instanceLines } from '../../instances/instance-lines.ts';
import { maskOfInstance } from '../../sensitive/mask-of-instance.ts';
import { exportStream } from '../export-places.ts';
import { identityOf, type Routes } from '../route.ts';

const page = 50;

const filterText = z
  .string()
  .max(16_000)
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'Give the filter as JSON.' });
      return z.NEVER;
    }
  })
  .pipe(instanceFilterInput);

export function addInstanceExport(routes: Routes): void {
  routes.add({
    method: 'GET',
    url: '/api/instances.ndjson',
    access: 'instance.read',
    docs: {
      summary: 'Finished instances with their histories and payloads, one JSON value per line; `filter` is that of the list, as JSON',
      answers: {
        200: 'NDJSON, newest first. Its last line is of type `end`: without it something is missing.',
        429: 'As many exports are running as may at a time.',
      },
    },
    query: z.strictObject({ filter: filterText.optional() }),
    handler: async ({ installation, identity, query: { filter = {} }, reply }) => {
      const caller = identityOf(identity);
      const found = await instanceFilter(installation, caller, 'instance.read', finishedOnly(filter));
      const recorded = () =>
        appendAuditAlone(installation.database.prisma, {
          actor: actorOf(caller),
          action: 'instance.export',
          target: 'instances',
          // It came in as JSON.
          detail: { filter: filter as Json },
        });
      const stream = await exportStream(installation, caller, recorded, (demandStill) => lines(installation, caller, found, demandStill));
      return reply
        .header('content-type', 'application/x-ndjson; charset=utf-8')
        .header('content-disposition', `attachment; filename="instances-${new Date().toISOString().slice(0, 10)}.ndjson"`)
        .header('cache-control', 'no-store')
        .send(stream);
    },
  });
}

async function* lines(
  installation: Installation,
  identity: Identity,
  filter: Awaited<ReturnType<typeof instanceFilter>>,
  demandStill: () => Promise<void>,
): AsyncGenerator<string, void> {
  const { prisma } = installation.database;
  yield `${JSON.stringify({ type: 'perdure-export', format: 1, createdAt: new Date().toISOString() })}\n`;
  let instances = 0;
  for (let from: InstancePlace | null = null; ;) {
    await demandStill();
    const { rows, more }: Awaited<ReturnType<typeof listInstances>> = await listInstances(prisma, filter, {
      direction: 'older',
      from,
      limit: page,
    });
    for (const row of rows) {
      const mask = await maskOfInstance(installation, identity, row.id, row);
      const { kind } = yield* instanceLines(installation, row, { mask, tasks: false });
      if (kind === 'whole') instances += 1;
    }
    from = rows.at(-1) ?? null;
    if (!more || from === null) break;
  }
  yield endLine(instances);
}
