import { tracked } from '@trpc/server';
import { z } from 'zod';
import { instanceUpdates } from '../../../instances/instance-updates.ts';
import { readSeq } from '../../../stored-values.ts';
import { noteWatched } from '../../../guide/note-watched.ts';
import { asTrpcError, procedure } from '../../base.ts';
import { demandInstance } from '../../../auth/reach.ts';
import { maskOfInstance } from '../../../sensitive/mask-of-instance.ts';

/** `lastEventId` is the seq to resume after; the client sends the last one it was given. */
const input = z.strictObject({
  id: z.string(),
  lastEventId: z
    .string()
    .regex(/^\d{1,15}$/, 'Not a seq.')
    .optional(),
});

export const watch = procedure('instance.read')
  .input(input)
  .subscription(async function* ({ ctx: { identity, installation, drained }, input, signal }) {
    try {
      await demandInstance(installation, identity, 'instance.read', input.id);
      await noteWatched(installation, identity, input.id);
      for await (const update of instanceUpdates(
        installation,
        input.id,
        readSeq(input.lastEventId ?? '0') ?? 0,
        signal ?? new AbortController().signal,
      )) {
        // What is sensitive may have come with these very events.
        const mask = await maskOfInstance(installation, identity, input.id);
        yield tracked(String(update.seq), mask(update));
        await drained();
      }
    } catch (thrown) {
      throw asTrpcError(thrown);
    }
  });
