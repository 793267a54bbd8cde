import type { TaskRecord } from '@perdure/database/read';
import type { HumanTaskHolder, HumanTaskRule } from '@perdure/engine';
import { isPayloadRef, type Json } from '@perdure/graph';
import type { PersonName } from '../trpc/contract/people.ts';
import type { TaskRow } from '../trpc/contract/tasks.ts';

/** `names` of everybody in `peopleOf` the records. */
export function taskRow(record: TaskRecord, names: ReadonlyMap<string, string>): TaskRow {
  const named = (id: string): PersonName => ({ id, name: names.get(id) ?? id });
  const { rule } = record;
  return {
    id: record.id,
    title: record.title,
    workflowKey: record.workflowKey,
    workflowTitle: record.workflowTitle,
    version: record.version,
    instanceId: record.instanceId,
    node: record.node,
    step: record.step,
    priority: record.priority,
    status: record.status,
    assignee: record.assignee === null ? null : named(record.assignee),
    claimedAt: record.claimedAt?.toISOString() ?? null,
    holders: holdersOf(record).map(({ by, at, how, from }) => ({
      ...named(by),
      at: new Date(at).toISOString(),
      how,
      from: from === null ? null : named(from),
    })),
    quorum: takesSeveral(rule) ? { needed: rule.needed, got: votesFor(record, rule.outcome) } : null,
    dueAt: record.dueAt?.toISOString() ?? null,
    deadlineAt: record.deadlineAt?.toISOString() ?? null,
    createdAt: record.createdAt.toISOString(),
    escalatedAt: record.escalatedAt?.toISOString() ?? null,
    followUpAt: record.followUpAt?.toISOString() ?? null,
    comments: record.comments,
    attachments: record.files,
    outcome: record.outcome,
    decidedBy: record.decidedBy === null ? null : named(record.decidedBy),
    closedAt: record.closedAt?.toISOString() ?? null,
    excerpt: excerpt(record.context),
  };
}

/** Everybody the rows of these tasks name. */
export function peopleOf(records: readonly TaskRecord[]): Set<string> {
  const people = new Set<string>();
  for (const record of records) {
    for (const id of [record.assignee, record.decidedBy]) if (id !== null) people.add(id);
    for (const { by, from } of holdersOf(record)) for (const id of [by, from]) if (id !== null) people.add(id);
    for (const { by } of record.votes ?? []) people.add(by);
  }
  return people;
}

export function holdersOf({ status, holders }: TaskRecord): readonly HumanTaskHolder[] {
  return status === 'open' ? (holders ?? []) : [];
}

/** More than one decision by anybody. */
export function takesSeveral(rule: HumanTaskRule | null): rule is HumanTaskRule {
  return rule !== null && (rule.needed > 1 || rule.requiredGroups.length > 1);
}

export function votesFor({ votes }: TaskRecord, outcome: string): number {
  return (votes ?? []).filter((vote) => vote.outcome === outcome).length;
}

/**
 * A few plain values of the context: "Nordlicht AB, 12,480.50 EUR". Texts come first and an amount takes its currency along,
 * whatever order the fields are in.
 */
export function excerpt(context: Json): string {
  const texts: string[] = [];
  const numbers: number[] = [];
  const currencies: string[] = [];
  /** Numbers that stand beside a currency: those it belongs to. */
  const amounts: number[] = [];
  const collect = (value: Json, depth: number): void => {
    if (typeof value === 'string' && value.trim() !== '')
      (isCurrency(value) ? currencies : texts).push(value.trim().replaceAll(/\s+/g, ' '));
    else if (typeof value === 'number') numbers.push(value);
    else if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isPayloadRef(value) && depth < 2) {
      const inner = Object.values(value);
      if (inner.some(isCurrency)) amounts.push(...inner.filter((one) => typeof one === 'number'));
      for (const one of inner) collect(one, depth + 1);
    }
  };
  collect(context, 0);
  const [currency] = currencies;
  const amount = Math.max(...(amounts.length > 0 ? amounts : numbers));
  const hasAmount = currency !== undefined && numbers.length > 0;
  const words = texts.slice(0, hasAmount ? 1 : 2);
  if (hasAmount) words.push(`${amount.toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${currency}`);
  else words.push(...numbers.slice(0, 3 - words.length).map((number) => number.toLocaleString('en-GB', { maximumFractionDigits: 2 })));
  const text = words.join(', ');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

const isCurrency = (value: Json): boolean => typeof value === 'string' && /^[A-Z]{3}$/.test(value);

/** "approved" for the outcome `approved`; an outcome whose key is no past participle is quoted by its label. */
export function outcomeInWords(outcome: string, label: string | undefined): string {
  return /^[a-z]+ed$/.test(outcome) ? outcome : `chose "${label ?? outcome}"`;
}

/** Hours and minutes in the server's own time zone; `details` carries the moment for clients that know the reader's. */
export function timeOfDay(moment: Date): string {
  return `${String(moment.getHours()).padStart(2, '0')}:${String(moment.getMinutes()).padStart(2, '0')}`;
}
