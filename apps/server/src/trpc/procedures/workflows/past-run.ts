import { findLatestInstance } from '@perdure/database/read';
import { type Json, nodeId } from '@perdure/graph';
import { z } from 'zod';
import { readPastRun } from '../../../instances/past-run.ts';
import { withPreviews } from '../../../instances/payloads.ts';
import { procedure } from '../../base.ts';
import type { PastRunData } from '../../contract/workflows.ts';
import { demandWorkflow } from '../../../auth/reach.ts';
import { maskOfInstance } from '../../../sensitive/mask-of-instance.ts';

const input = z.strictObject({ key: z.string(), instanceId: z.string().max(200).optional(), node: z.string().max(200).optional() });

export const pastRun = procedure('instance.read')
  .input(input)
  .query(async ({ ctx: { identity, installation }, input }): Promise<PastRunData | null> => {
    await demandWorkflow(installation, identity, 'instance.read', input.key);
    const { key, node } = input;
    const instanceId = input.instanceId ?? (await findLatestInstance(installation.database.prisma, key));
    if (instanceId === undefined) return null;
    const past = await readPastRun(installation, instanceId, node === undefined ? null : nodeId(node));
    if (past?.workflowKey !== key) return null;
    const shown = async (values: Record<string, Json>): Promise<Record<string, Json>> =>
      Object.fromEntries(
        await Promise.all(
          Object.entries(values).map(async ([name, value]) => [name, await withPreviews(value, installation.runtime.payloads)] as const),
        ),
      );
    const mask = await maskOfInstance(installation, identity, instanceId);
    return mask({
      instanceId,
      input: await withPreviews(past.input, installation.runtime.payloads),
      outputs: await shown(past.outputs),
      vars: await shown(past.vars),
    });
  });
