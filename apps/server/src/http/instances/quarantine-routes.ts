import { z } from 'zod';
import { decideQuarantine, quarantineDecision } from '../../instances/decide-quarantine.ts';
import { identityOf, type Routes } from '../route.ts';

/** Durable Functions knows no quarantine, so its addresses are Perdure's own. */
export function addQuarantineRoutes(routes: Routes): void {
  for (const { decision, summary } of [
    { decision: 'release', summary: 'Let a step that is held in quarantine run again' },
    { decision: 'give-up', summary: 'Let a step that is held in quarantine fail, with the code Quarantined' },
  ] as const)
    routes.add({
      method: 'POST',
      url: `/api/instances/:instanceId/${decision}`,
      access: 'instance.operate',
      docs: {
        summary,
        answers: { 202: 'Done.', 404: 'Unknown instance.', 409: 'The step is not held.', 410: 'The instance has finished.' },
      },
      params: z.object({ instanceId: z.string() }),
      body: z.strictObject(quarantineDecision),
      handler: async ({ installation, reply, params, body, identity }) => {
        await decideQuarantine(installation, identityOf(identity), decision, { id: params.instanceId, ...body });
        return reply.code(202).send();
      },
    });
}
