import { randomUUID } from 'node:crypto';
import { listAlertRules, queueAlertTest } from '@perdure/database/write';
import { z } from 'zod';
import { alertNotices } from '../../../alerts/alert-notices.ts';
import { measure } from '../../../alerts/measure.ts';
import { unknownAlert } from '../../../alerts/unknown-alert.ts';
import { actorOf, demandForAll } from '../../../auth/identity.ts';
import { procedure } from '../../base.ts';

/** Tells all receivers of the rule, as if it fired, and says how many there are. */
export const test = procedure('admin')
  .input(z.strictObject({ id: z.string().max(64) }))
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<{ notices: number }> => {
    demandForAll(identity, 'admin');
    const { config, database } = installation;
    const rule = (await listAlertRules(database.prisma)).find(({ id }) => id === input.id);
    if (!rule) throw unknownAlert();
    const at = new Date();
    const value = await measure(database.prisma, rule);
    const notices = alertNotices(config, rule, rule.emails, { what: 'test', value, since: at, at, key: `test/${randomUUID()}` });
    await queueAlertTest(database.prisma, { id: rule.id, actor: actorOf(identity), notices });
    installation.sendNotices();
    return { notices: notices.length };
  });
