import { listInstances } from '@perdure/database/read';
import { instanceId } from '@perdure/engine';
import type { TellPortion } from '../audit/with-deed.ts';
import type { Installation } from '../installation.ts';

const pageSize = 200;
const most = 10_000;

/** Purges the finished test runs of these workflows (null: of all); at most 10,000 in one go. */
export async function purgeTestRuns(
  { database, runtime }: Installation,
  workflowKeys: readonly string[] | null,
  tellPortion: TellPortion,
): Promise<{ purged: number; more: boolean }> {
  let purged = 0;
  while (purged < most) {
    const { rows, more } = await listInstances(
      database.prisma,
      {
        isTest: true,
        statuses: ['Completed', 'Failed', 'Terminated', 'Canceled'],
        workflowKeys: workflowKeys ?? undefined,
      },
      { direction: 'older', from: null, limit: pageSize },
    );
    let gone = 0;
    if (rows.length > 0) await tellPortion({ before: purged, ids: rows.map(({ id }) => id) });
    for (const { id } of rows) if ((await runtime.purge(instanceId(id))) === 'purged') gone += 1;
    purged += gone;
    // Somebody else purges them, too.
    if (!more || gone === 0) return { purged, more: false };
  }
  return { purged, more: true };
}
