import type { Json } from '@perdure/graph';
import { actorOf } from '../../../auth/identity.ts';
import { procedure } from '../../base.ts';
import type { SavedView } from '../../contract/views.ts';

/** One's own views and those others share, in the order they were made. */
export const list = procedure('instance.read').query(async ({ ctx: { identity, installation } }): Promise<SavedView[]> => {
  const { prisma } = installation.database;
  const rows = await prisma.savedView.findMany({
    where: { OR: [{ ownerId: actorOf(identity) }, { shared: true }] },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: 200,
  });
  const owners = await prisma.user.findMany({
    where: { id: { in: rows.map(({ ownerId }) => ownerId) } },
    select: { id: true, name: true },
  });
  const names = new Map(owners.map(({ id, name }) => [id, name]));
  return rows.map(({ id, name, search, shared, ownerId }) => ({
    id,
    name,
    search: search as Record<string, Json>, // views.save takes nothing else
    shared,
    owner: { id: ownerId, name: names.get(ownerId) ?? ownerId },
  }));
});
