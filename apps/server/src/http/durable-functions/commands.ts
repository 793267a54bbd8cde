import { restartInstance } from '../../instances/restart-instance.ts';
import { sendCommand } from '../../instances/send-command.ts';
import { type CommandBody } from '@perdure/engine';
import { z } from 'zod';
import { withDeed } from '../../audit/with-deed.ts';
import { actorOf } from '../../auth/identity.ts';
import { accepted } from '../../errors/refusal.ts';
import { identityOf, type Routes } from '../route.ts';
import { durableFunctionsRoot, sendAccepted } from './management-links.ts';
import { commonQuery } from './query-values.ts';
import { demandInstance } from '../../auth/reach.ts';

/** terminate, suspend, resume, rewind: alike but for the command. Repeating suspend or resume is answered like the first time, as there. */
export function addCommands(routes: Routes): void {
  const commands: { path: string; summary: string; already: string | null; command: (reason: string, by: string) => CommandBody }[] = [
    {
      path: 'terminate',
      summary: 'Terminate an instance',
      already: null,
      command: (reason, by) => ({ type: 'Terminate', reason, by, recursive: true }),
    },
    {
      path: 'suspend',
      summary: 'Suspend an instance',
      already: 'instance.already-suspended',
      command: (reason, by) => ({ type: 'Suspend', reason, by }),
    },
    {
      path: 'resume',
      summary: 'Resume a suspended instance',
      already: 'instance.not-suspended',
      command: (reason, by) => ({ type: 'Resume', reason, by }),
    },
    {
      path: 'rewind',
      summary: 'Let a failed instance go on from its failure',
      already: null,
      command: (reason, by) => ({ type: 'Rewind', reason, by }),
    },
  ];
  routes.add({
    method: 'POST',
    url: `${durableFunctionsRoot}/instances/:instanceId/restart`,
    access: 'instance.operate',
    docs: {
      summary: 'Start an instance again',
      answers: { 202: 'Started.', 404: 'Unknown instance.', 409: 'It is still live and should keep its id.' },
    },
    params: z.object({ instanceId: z.string() }),
    query: z.strictObject({ ...commonQuery, restartWithNewInstanceId: z.enum(['true', 'false']).optional() }),
    handler: async ({ installation, request, reply, params, query, identity }) => {
      const sameId = query.restartWithNewInstanceId === 'false';
      const { id } = await restartInstance(installation, identityOf(identity), {
        id: params.instanceId,
        version: 'latest',
        reason: '',
        sameId,
      });
      return sendAccepted(request, reply, id);
    },
  });
  for (const { path, summary, already, command } of commands) {
    routes.add({
      method: 'POST',
      url: `${durableFunctionsRoot}/instances/:instanceId/${path}`,
      access: 'instance.operate',
      docs: {
        summary,
        answers: { 202: 'Done.', 404: 'Unknown instance.', 409: 'It has not failed (rewind).', 410: 'The instance has finished.' },
      },
      params: z.object({ instanceId: z.string() }),
      query: z.strictObject({ ...commonQuery, reason: z.string().max(2_000).optional() }),
      handler: async ({ installation, reply, params, query, identity }) => {
        const caller = identityOf(identity);
        await demandInstance(installation, caller, 'instance.operate', params.instanceId);
        const reason = query.reason ?? '';
        const deed = {
          action: `instance.${path}`,
          target: `instance:${params.instanceId}`,
          reason,
          afterwards: (done: boolean) => (done ? {} : null),
        };
        await withDeed(installation, caller, deed, async () => {
          const result = await sendCommand(installation, params.instanceId, command(reason, actorOf(caller)));
          if (!result.ok && result.code === already) return false;
          return accepted(result).ok;
        });
        return reply.code(202).send();
      },
    });
  }
}
