import { readWorkflowNames } from '@perdure/database/read';
import { listAlertDeliveries, listAlertFirings, listAlertRules } from '@perdure/database/write';
import { alertFiringRow, alertRuleRow } from '../../../alerts/alert-rows.ts';
import { demandForAll } from '../../../auth/identity.ts';
import { procedure } from '../../base.ts';
import type { AlertList } from '../../contract/alerts.ts';

export const list = procedure('admin').query(async ({ ctx: { identity, installation } }): Promise<AlertList> => {
  demandForAll(identity, 'admin');
  const { prisma } = installation.database;
  const [rules, firings, deliveries, workflows] = await Promise.all([
    listAlertRules(prisma),
    listAlertFirings(prisma, 50),
    listAlertDeliveries(prisma, 50),
    readWorkflowNames(prisma),
  ]);
  return {
    rules: rules.map((rule) => alertRuleRow(rule, workflows)),
    firings: firings.map(alertFiringRow),
    deliveries: deliveries.map((notice) => ({
      id: notice.id,
      kind: notice.kind,
      channel: notice.channel === 'email' ? 'email' : 'webhook',
      recipient: notice.recipient,
      createdAt: notice.createdAt.toISOString(),
      attempts: notice.attempts,
      state: notice.sentAt !== null ? 'sent' : notice.failedAt !== null ? 'failed' : 'waiting',
      reason: notice.sentAt === null ? notice.failedReason : null,
      nextAttemptAt: notice.sentAt === null && notice.failedAt === null ? notice.dueAt.toISOString() : null,
    })),
  };
});
