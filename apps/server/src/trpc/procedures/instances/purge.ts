import { z } from 'zod';
import { withDeed } from '../../../audit/with-deed.ts';
import { purgeInstance } from '../../../instances/purge-instance.ts';
import { procedure } from '../../base.ts';
import { demandInstance } from '../../../auth/reach.ts';

export const purge = procedure('instance.purge')
  .input(z.strictObject({ id: z.string() }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> => {
    await demandInstance(installation, identity, 'instance.purge', input.id);
    await withDeed(installation, identity, { action: 'instance.purge', target: `instance:${input.id}` }, () =>
      purgeInstance(installation, input.id),
    );
  });
