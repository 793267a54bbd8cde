import { findInstance, readCheckpointBefore } from '@perdure/database/read';
import { z } from 'zod';
import { demandInstance } from '../../../auth/reach.ts';
import { unknownInstance } from '../../../instances/unknown-instance.ts';
import { countingNumber } from '../../../stored-values.ts';
import { procedure } from '../../base.ts';
import type { CheckpointBefore } from '../../contract/instances.ts';
import { maskOfInstance } from '../../../sensitive/mask-of-instance.ts';

/** Checkpoints are kept until the instance is purged, so that any moment of it can be folded from near by. */
export const checkpointBefore = procedure('instance.read')
  .input(z.strictObject({ id: z.string(), seq: countingNumber }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<CheckpointBefore> => {
    await demandInstance(installation, identity, 'instance.read', input.id);
    const { prisma } = installation.database;
    const [record, checkpoint] = await Promise.all([findInstance(prisma, input.id), readCheckpointBefore(prisma, input.id, input.seq)]);
    if (!record) throw unknownInstance(input.id);
    const mask = await maskOfInstance(installation, identity, input.id);
    return mask(checkpoint ?? { seq: 0, state: null });
  });
