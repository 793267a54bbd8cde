import { z } from 'zod';
import { recordDeed } from '../../../audit/record-deed.ts';
import { actorOf } from '../../../auth/identity.ts';
import { startInstance } from '../../../instances/start-instance.ts';
import { versionNumber } from '../../../stored-values.ts';
import { procedure } from '../../base.ts';
import { jsonValue } from '../../json-value.ts';
import { demandStart } from '../../../instances/demand-start.ts';

const input = z.strictObject({
  workflowKey: z.string(),
  version: versionNumber.optional(),
  instanceId: z.string().optional(),
  input: jsonValue.optional(),
  tags: z.array(z.string().min(1).max(100)).max(20).optional(),
});

export const start = procedure('instance.start')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<{ id: string }> => {
    await demandStart(installation, identity, input);
    const { id } = await startInstance(installation, { ...input, input: input.input ?? {}, startedBy: actorOf(identity) });
    await recordDeed(installation, identity, 'instance.start', `instance:${id}`, { workflow: input.workflowKey });
    return { id };
  });
