import type { EmailNotice, Notice, AlertRuleRecord } from '@perdure/database/write';
import type { ServerConfig } from '../installation.ts';
import { emailNotice, linkTo } from '../outbox/email-notice.ts';
import { ruleInWords, valueInWords } from './alert-words.ts';

export interface AlertNews {
  what: 'firing' | 'reminder' | 'resolved' | 'test';
  value: number | null;
  since: Date;
  at: Date;
  /** Tells apart what is told: the firing and how often it was told of, or a test. */
  key: string;
}

/** One notice for each receiver of the rule. `emails`: of those, who wants to hear of alerts. */
export function alertNotices(
  config: Pick<ServerConfig, 'mail' | 'publicUrl'>,
  rule: AlertRuleRecord,
  emails: readonly string[],
  news: AlertNews,
): Notice[] {
  const kind = `alert.${news.what}`;
  const path = pathOf(rule);
  const value = news.value === null ? null : valueInWords(rule.kind, news.value);
  const key = (receiver: string): string => `alert/${rule.id}/${news.key}/${receiver}`;
  const mails = emails.map((to) =>
    emailNotice(config, {
      kind,
      dedupeKey: key(to),
      to,
      subject: subjectOf(rule.name, news, value),
      paragraphs: [
        news.what === 'resolved'
          ? `It is over: it is no longer so that ${ruleInWords(rule)}.`
          : news.what === 'test'
            ? `This is a test, asked for on the settings page. The rule tells when ${ruleInWords(rule)}.`
            : `It is so that ${ruleInWords(rule)}.`,
      ],
      facts: [
        ['Rule', rule.name],
        ...(rule.workflowKey === null ? [] : [['Workflow', rule.workflowKey] as const]),
        ...(value === null ? [] : [['Now', value] as const]),
        ...(news.what === 'test' ? [] : [['Since', `${news.since.toISOString().slice(0, 16).replace('T', ' ')} UTC`] as const]),
      ],
      action: { label: 'Open Perdure', path },
      footer:
        'You are told because your address is in this rule (Settings, Alerts). What you are told is chosen in Settings, Notifications.',
    }),
  );
  const hook: Notice[] =
    rule.webhookUrl === null
      ? []
      : [
          {
            kind,
            channel: 'webhook',
            dedupeKey: key('webhook'),
            url: rule.webhookUrl,
            signing: signingOf(rule),
            body: {
              type: kind,
              timestamp: news.at.toISOString(),
              data: {
                rule: { id: rule.id, name: rule.name, kind: rule.kind, workflow: rule.workflowKey, threshold: rule.threshold },
                value: news.value,
                since: news.what === 'test' ? null : news.since.toISOString(),
                link: linkTo(config, path),
              },
            },
          },
        ];
  return [...mails.filter((mail): mail is EmailNotice => mail !== null), ...hook];
}

/** Names the rule's signing key. */
export function signingOf({ id, webhookGeneration }: Pick<AlertRuleRecord, 'id' | 'webhookGeneration'>): string {
  return `alert/${id}/${webhookGeneration}`;
}

function subjectOf(name: string, { what }: AlertNews, value: string | null): string {
  switch (what) {
    case 'firing':
      return `${name}: ${value ?? 'it is true'}`;
    case 'reminder':
      return `${name}, still: ${value ?? 'it is true'}`;
    case 'resolved':
      return `${name}: over`;
    case 'test':
      return `${name}: a test`;
  }
}

/** Where somebody who is told goes to look. */
function pathOf({ kind, workflowKey }: AlertRuleRecord): string {
  const workflow = workflowKey === null ? '' : `&workflow=${encodeURIComponent(JSON.stringify([workflowKey]))}`;
  switch (kind) {
    case 'failure-rate':
      return `/instances?view=failed${workflow}`;
    case 'stuck':
      return `/instances?view=waiting${workflow}`;
    case 'overdue-tasks':
      return '/inbox?view=all';
    default:
      return '/instances';
  }
}
