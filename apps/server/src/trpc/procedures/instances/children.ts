import { z } from 'zod';
import { demandInstance } from '../../../auth/reach.ts';
import { childrenOfInstance } from '../../../instances/children-of-instance.ts';
import { procedure } from '../../base.ts';
import type { InstanceChildren } from '../../contract/instances.ts';

export const children = procedure('instance.read')
  .input(z.strictObject({ id: z.string(), cursor: z.string().max(500).optional() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<InstanceChildren> => {
    await demandInstance(installation, identity, 'instance.read', input.id);
    return childrenOfInstance(installation, identity, input);
  });
