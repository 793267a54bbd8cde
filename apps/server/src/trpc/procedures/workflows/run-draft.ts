import { nodeId } from '@perdure/graph';
import { z } from 'zod';
import { withDeed } from '../../../audit/with-deed.ts';
import { countingNumber } from '../../../stored-values.ts';
import { runDraft as startDraft } from '../../../workflows/test-runs/run-draft.ts';
import { procedure } from '../../base.ts';
import type { RunDraftResult } from '../../contract/workflows.ts';
import { jsonValue } from '../../json-value.ts';
import { demandWorkflow } from '../../../auth/reach.ts';

const values = z.record(z.string().min(1).max(200), jsonValue);
const input = z.strictObject({
  key: z.string(),
  draftRevision: countingNumber,
  input: jsonValue.optional(),
  pins: z.boolean().optional(),
  fastForward: z.boolean().optional(),
  from: z
    .strictObject({
      node: z.string().min(1).max(200),
      only: z.boolean(),
      run: z.string().max(200).optional(),
      outputs: values.optional(),
      vars: values.optional(),
    })
    .optional(),
});

export const runDraft = procedure('workflow.edit')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<RunDraftResult> => {
    await demandWorkflow(installation, identity, 'workflow.edit', input.key);
    await demandWorkflow(installation, identity, 'instance.start', input.key);
    const { key, draftRevision, pins = true, fastForward = false, from } = input;
    const detail = { workflow: key, draftRevision, ...(from && { from: from.node, only: from.only }) };
    const deed = {
      action: 'workflow.run-draft',
      target: `workflow:${key}`,
      detail,
      afterwards: (result: RunDraftResult) => (result.ok ? { target: `instance:${result.id}` } : null),
    };
    return withDeed(installation, identity, deed, () =>
      startDraft(installation, {
        key,
        draftRevision,
        input: input.input,
        pins,
        fastForward,
        from: from && { ...from, node: nodeId(from.node) },
        identity,
      }),
    );
  });
