/**
 * Looks at the alert rules every half minute. Every process with the API runs one; an advisory lock lets one at a time look, and what it finds
 * is stored together with the notices in one transaction, so no process, and no crash, tells twice.
 */
import { lastTold, unwillingAddresses, withAlertRules, type AlertRuleRecord, type AlertStep } from '@perdure/database/write';
import type { FastifyBaseLogger } from 'fastify';
import { databaseFault } from '../errors/database-fault.ts';
import type { Installation } from '../installation.ts';
import { type Rounds, startRounds } from '../rounds.ts';
import { alertNotices } from './alert-notices.ts';
import { measure } from './measure.ts';
import { nextAlert } from './next-alert.ts';

export function startAlertWatch(installation: Pick<Installation, 'config' | 'database' | 'sendNotices'>, log: FastifyBaseLogger): Rounds {
  return startRounds({
    everyMs: 30_000,
    round: async () => void (await lookAtAlerts(installation, log)),
    onTrouble: (thrown) => log.warn({ err: thrown }, 'The alert rules could not be looked at; the next round tries again.'),
  });
}

/** One look at every rule. False: another process is looking. */
export async function lookAtAlerts(
  { config, database: { prisma }, sendNotices }: Pick<Installation, 'config' | 'database' | 'sendNotices'>,
  log: Pick<FastifyBaseLogger, 'warn'>,
): Promise<boolean> {
  const looked = await withAlertRules(prisma, async (rules, apply) => {
    const told = await lastTold(prisma);
    for (const rule of rules) if (rule.enabled) await apply(await lookAt(rule, told.get(rule.id) ?? null));
    return true;
  });
  if (looked) sendNotices();
  return looked !== null;

  async function lookAt(rule: AlertRuleRecord, lastToldAt: Date | null): Promise<AlertStep> {
    const at = new Date();
    const [open = null] = rule.firings;
    let value: number | null;
    try {
      value = await measure(prisma, rule);
    } catch (thrown) {
      // What cannot be looked at is not over.
      log.warn({ err: thrown, rule: rule.id }, 'An alert rule could not be looked at.');
      const problem = databaseFault(thrown)?.message ?? 'It could not be looked at; the log of the server says why.';
      return { ruleId: rule.id, value: null, problem, firing: { do: 'nothing' }, notices: () => [], tell: false, now: at };
    }
    const move = nextAlert(rule, open, lastToldAt, value, at);
    const tell = move.do === 'nothing' ? null : move.tell;
    const emails = tell === null ? [] : await wanting(rule.emails);
    return {
      ruleId: rule.id,
      value,
      problem: null,
      firing: move.do === 'go-on' ? { ...move, tell: move.tell !== null } : move,
      tell: tell !== null,
      notices: ({ id, startedAt, told: times }) =>
        tell === null ? [] : alertNotices(config, rule, emails, { what: tell, value, since: startedAt, at, key: `${id}/${tell}/${times}` }),
      now: at,
    };
  }

  /** Without those who want no mail about alerts. Addresses of nobody here are the rule's own business. */
  async function wanting(emails: readonly string[]): Promise<string[]> {
    const unwilling = await unwillingAddresses(prisma, 'alert', emails);
    return emails.filter((email) => !unwilling.has(email));
  }
}
