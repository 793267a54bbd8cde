import { historyMentionsPayload } from '@perdure/database/read';
import type { Json } from '@perdure/graph';
import { z } from 'zod';
import { RequestError } from '../../../errors/request-error.ts';
import { procedure } from '../../base.ts';
import { demandInstance } from '../../../auth/reach.ts';
import { maskOfInstance } from '../../../sensitive/mask-of-instance.ts';

const input = z.strictObject({ id: z.string(), hash: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'Not a payload hash.') });

/** Payloads are shared between instances by content, so only those that this instance's history mentions are handed out. */
export const payload = procedure('instance.read')
  .input(input)
  .query(async ({ ctx: { identity, installation }, input }): Promise<Json> => {
    await demandInstance(installation, identity, 'instance.read', input.id);
    const mentioned = await historyMentionsPayload(installation.database.prisma, input.id, input.hash);
    const value = mentioned ? await installation.runtime.payloads.load(input.hash) : undefined;
    if (value === undefined) throw new RequestError('payload.unknown', 'This instance mentions no such value.');
    const mask = await maskOfInstance(installation, identity, input.id);
    return mask(value);
  });
