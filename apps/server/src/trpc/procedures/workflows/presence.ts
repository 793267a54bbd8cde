import { z } from 'zod';
import { holdsIn } from '../../../auth/identity.ts';
import { changesOf } from '../../../workflows/changes-of.ts';
import { asTrpcError, procedure } from '../../base.ts';
import type { PresentPerson } from '../../contract/workflows.ts';
import { demandWorkflow } from '../../../auth/reach.ts';

const input = z.strictObject({
  key: z.string().max(200),
  /** The page's own, kept when it subscribes again. */
  visit: z.string().regex(/^[A-Za-z0-9-]{8,64}$/, 'Not the id of a visit.'),
  node: z.string().max(64).nullable(),
});

/** Being subscribed is being there: no name is told without one, and leaving needs no call. */
export const presence = procedure('workflow.read')
  .input(input)
  .subscription(async function* ({ ctx: { installation, identity }, input: { key, visit, node }, signal }) {
    try {
      await demandWorkflow(installation, identity, 'workflow.read', key);
    } catch (thrown) {
      throw asTrpcError(thrown);
    }
    const edits = holdsIn(identity, 'workflow.edit', (await installation.folders.load()).get(key) ?? '');
    const board = installation.presence;
    const leave =
      identity.kind === 'user'
        ? board.enter(key, {
            visit: `${identity.id}:${visit}`,
            userId: identity.id,
            name: identity.name,
            edits,
            node,
          })
        : () => undefined;
    try {
      yield* changesOf<PresentPerson[]>(
        (listener) => board.watch(key, listener),
        () => board.present(key),
        signal ?? new AbortController().signal,
      );
    } finally {
      leave();
    }
  });
