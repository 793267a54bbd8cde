import { appendAudit } from '@perdure/database/write';
import type { Json } from '@perdure/graph';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { actorOf } from '../../../auth/identity.ts';
import { RequestError } from '../../../errors/request-error.ts';
import { procedure } from '../../base.ts';
import { jsonValue } from '../../json-value.ts';

const mostViews = 50;

export const save = procedure('instance.read')
  .input(
    z.strictObject({
      id: z.uuid().optional(),
      name: z.string().trim().min(1).max(60),
      shared: z.boolean(),
      search: z.record(z.string().max(40), jsonValue),
    }),
  )
  .mutation(async ({ ctx: { identity, installation }, input: { id = randomUUID(), name, shared, search } }): Promise<{ id: string }> => {
    const ownerId = actorOf(identity);
    if (JSON.stringify(search).length > 30_000) throw new RequestError('input.invalid', 'The filters are too long to be kept.');
    await installation.database.prisma.$transaction(async (tx) => {
      // Of two that are saved at once, the second waits and counts the first.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`saved-views:${ownerId}`}, 0))`;
      const before = await tx.savedView.findUnique({ where: { id } });
      // Somebody else's is answered like one there is not.
      if (before !== null && before.ownerId !== ownerId) throw new RequestError('view.unknown', 'There is no such view of yours.');
      if (before === null && (await tx.savedView.count({ where: { ownerId } })) >= mostViews)
        throw new RequestError('view.too-many', `Nobody may keep more than ${mostViews} views. Delete one first.`);
      const data = { name, shared, search: search as object, updatedAt: new Date() }; // a record of JSON values
      if (before === null) await tx.savedView.create({ data: { ...data, id, ownerId } });
      else await tx.savedView.updateMany({ where: { id, ownerId }, data });
      const detail: Json = { name, shared, ...(before === null ? {} : { before: { name: before.name, shared: before.shared } }) };
      await appendAudit(tx, { actor: ownerId, action: 'view.save', target: `view:${id}`, detail });
    });
    return { id };
  });
