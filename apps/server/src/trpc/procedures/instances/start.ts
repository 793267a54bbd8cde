import { z } from 'zod';
import { startRecorded } from '../../../instances/start-recorded.ts';
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
    const { id } = await startRecorded(installation, identity, { ...input, input: input.input ?? {} });
    return { id };
  });
