import { countChildren, listChildren } from '@perdure/database/read';
import type { Identity } from '../auth/identity.ts';
import { reachOf } from '../auth/reach.ts';
import type { Installation } from '../installation.ts';
import type { InstanceChildren } from '../trpc/contract/instances.ts';
import { readCursor, writeCursor } from './instance-cursor.ts';

const page = 50;

/** A page of the sub-workflows it started, as far as the person may see them. */
export async function childrenOfInstance(
  installation: Installation,
  identity: Identity,
  { id, cursor }: { id: string; cursor?: string | undefined },
): Promise<InstanceChildren> {
  const { prisma } = installation.database;
  const from = cursor === undefined ? null : readCursor(cursor);
  const of = { id, workflowKeys: await reachOf(installation, identity, 'instance.read') };
  const [{ rows, more }, counts] = await Promise.all([listChildren(prisma, of, { from, limit: page }), countChildren(prisma, of)]);
  const last = rows.at(-1);
  return {
    ...counts,
    rows: rows.map(({ id: child, workflowKey, status, step, children }) => ({ id: child, workflowKey, status, step, children })),
    nextCursor: more && last !== undefined ? writeCursor(last) : null,
  };
}
