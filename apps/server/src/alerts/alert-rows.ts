import type { readWorkflowNames } from '@perdure/database/read';
import type { AlertRuleRecord, listAlertFirings } from '@perdure/database/write';
import type { AlertFiringRow, AlertKind, AlertRule } from '../trpc/contract/alerts.ts';

export function alertRuleRow(rule: AlertRuleRecord, workflows: Awaited<ReturnType<typeof readWorkflowNames>>): AlertRule {
  const [firing] = rule.firings;
  return {
    id: rule.id,
    name: rule.name,
    kind: rule.kind as AlertKind, // checked when it was saved
    workflowKey: rule.workflowKey,
    workflow: rule.workflowKey === null ? null : workflowOf(rule.workflowKey, workflows),
    threshold: rule.threshold,
    minimum: rule.minimum,
    windowSeconds: rule.windowSeconds,
    cooldownSeconds: rule.cooldownSeconds,
    remindEverySeconds: rule.remindEverySeconds,
    tellResolved: rule.tellResolved,
    emails: rule.emails,
    webhookUrl: rule.webhookUrl,
    enabled: rule.enabled,
    value: rule.value,
    evaluatedAt: rule.evaluatedAt?.toISOString() ?? null,
    problem: rule.problem,
    firing: firing === undefined ? null : { since: firing.startedAt.toISOString(), worst: firing.worst, told: firing.told },
  };
}

function workflowOf(key: string, workflows: Awaited<ReturnType<typeof readWorkflowNames>>): NonNullable<AlertRule['workflow']> {
  const found = workflows.find((one) => one.key === key);
  if (found === undefined) return { title: key, state: 'gone' };
  return { title: found.title, state: found.archivedAt === null ? 'there' : 'archived' };
}

export function alertFiringRow(firing: Awaited<ReturnType<typeof listAlertFirings>>[number]): AlertFiringRow {
  const { id, ruleId, rule, startedAt, endedAt, worst, told } = firing;
  return {
    id: id.toString(),
    ruleId,
    name: rule.name,
    kind: rule.kind as AlertKind, // checked when it was saved
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    worst,
    told,
  };
}
