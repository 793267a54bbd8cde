import type { Json } from '@perdure/graph';
import { actorOf } from '../../../auth/identity.ts';
import { procedure } from '../../base.ts';
import type { SavedView } from '../../contract/views.ts';

const mostShared = 200;

/** One's own views and those others share, in the order they were made. */
export const list = procedure('instance.read').query(async ({ ctx: { identity, installation } }): Promise<SavedView[]> => {
  const { prisma } = installation.database;
  const ownerId = actorOf(identity);
  // However many others share, one's own are among them.
  const [own, shared] = await Promise.all([
    prisma.savedView.findMany({ where: { ownerId } }),
    prisma.savedView.findMany({ where: { shared: true, NOT: { ownerId } }, orderBy: { createdAt: 'desc' }, take: mostShared }),
  ]);
  const rows = [...own, ...shared].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1));
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
