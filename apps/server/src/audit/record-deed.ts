import { appendAuditAlone } from '@perdure/database/write';
import type { Json } from '@perdure/graph';
import { actorOf, type Identity } from '../auth/identity.ts';
import type { Installation } from '../installation.ts';

/** For deeds that the runtime commits: the entry follows the deed, in a transaction of its own. */
export async function recordDeed(
  { database }: Installation,
  identity: Identity,
  action: string,
  target: string,
  detail: Json = {},
): Promise<void> {
  await appendAuditAlone(database.prisma, { actor: actorOf(identity), action, target, detail });
}
