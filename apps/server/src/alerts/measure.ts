import type { PrismaClient } from '@perdure/database';
import { countFinished, countTasksOverdueFor, countStuck, queueLagSeconds } from '@perdure/database/read';
import type { AlertRuleFields } from '@perdure/database/write';
import type { AlertKind } from '../trpc/contract/alerts.ts';

export const alertKinds = ['failure-rate', 'stuck', 'queue-lag', 'overdue-tasks'] as const satisfies readonly AlertKind[];

/** The rule's value now, in the unit of its threshold. Null: too little happened to say anything. */
export async function measure(
  prisma: PrismaClient,
  rule: Pick<AlertRuleFields, 'kind' | 'workflowKey' | 'minimum' | 'windowSeconds'>,
): Promise<number | null> {
  const { workflowKey, windowSeconds } = rule;
  switch (rule.kind) {
    case 'failure-rate': {
      const { finished, failed } = await countFinished(prisma, windowSeconds, workflowKey);
      return finished < rule.minimum || finished === 0 ? null : (100 * failed) / finished;
    }
    case 'stuck':
      return countStuck(prisma, windowSeconds, workflowKey);
    case 'queue-lag':
      return queueLagSeconds(prisma);
    case 'overdue-tasks':
      return countTasksOverdueFor(prisma, windowSeconds, workflowKey);
    default:
      // Of a later version of Perdure.
      return null;
  }
}
