import { z } from 'zod';
import { demandInstance } from '../../../auth/reach.ts';
import { tasksOfInstance } from '../../../instances/tasks-of-instance.ts';
import { procedure } from '../../base.ts';
import type { InstanceTasks } from '../../contract/instances.ts';

export const tasks = procedure('instance.read')
  .input(z.strictObject({ id: z.string(), step: z.string().max(2_000).optional(), cursor: z.string().max(500).optional() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<InstanceTasks> => {
    await demandInstance(installation, identity, 'instance.read', input.id);
    return tasksOfInstance(installation, identity, input);
  });
