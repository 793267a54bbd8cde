import type { TaskRecord } from '@perdure/database/read';
import { isPayloadRef, type Json } from '@perdure/graph';
import type { TaskRow } from '../trpc/contract.ts';

export function taskRow(record: TaskRecord): TaskRow {
  return {
    id: record.id,
    title: record.title,
    workflowKey: record.workflowKey,
    workflowTitle: record.workflowTitle,
    version: record.version,
    instanceId: record.instanceId,
    node: record.node,
    priority: record.priority,
    status: record.status,
    assignee: person(record.assignee, record.assigneeName),
    claimedAt: record.claimedAt?.toISOString() ?? null,
    dueAt: record.dueAt?.toISOString() ?? null,
    deadlineAt: record.deadlineAt?.toISOString() ?? null,
    createdAt: record.createdAt.toISOString(),
    outcome: record.outcome,
    decidedBy: person(record.decidedBy, record.decidedByName),
    closedAt: record.closedAt?.toISOString() ?? null,
    excerpt: excerpt(record.context),
  };
}

function person(id: string | null, name: string | null): { id: string; name: string } | null {
  return id === null ? null : { id, name: name ?? id };
}

/**
 * A few plain values of the context: "Nordlicht AB, 12,480.50 EUR". Texts come first and an amount takes its currency along,
 * whatever order the fields are in.
 */
export function excerpt(context: Json): string {
  const texts: string[] = [];
  const numbers: number[] = [];
  const currencies: string[] = [];
  const collect = (value: Json, depth: number): void => {
    if (typeof value === 'string' && value.trim() !== '')
      (/^[A-Z]{3}$/.test(value) ? currencies : texts).push(value.trim().replaceAll(/\s+/g, ' '));
    else if (typeof value === 'number') numbers.push(value);
    else if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isPayloadRef(value) && depth < 2) {
      for (const inner of Object.values(value)) collect(inner, depth + 1);
    }
  };
  collect(context, 0);
  const [currency] = currencies;
  const amount = Math.max(...numbers);
  const hasAmount = currency !== undefined && numbers.length > 0;
  const words = texts.slice(0, hasAmount ? 1 : 2);
  if (hasAmount) words.push(`${amount.toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${currency}`);
  else words.push(...numbers.slice(0, 3 - words.length).map((number) => number.toLocaleString('en-GB', { maximumFractionDigits: 2 })));
  const text = words.join(', ');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** "approved" for the outcome `approved`; an outcome whose key is no past participle is quoted by its label. */
export function outcomeInWords(outcome: string, label: string | undefined): string {
  return /^[a-z]+ed$/.test(outcome) ? outcome : `chose "${label ?? outcome}"`;
}

/** Hours and minutes in the server's own time zone; `details` carries the moment for clients that know the reader's. */
export function timeOfDay(moment: Date): string {
  return `${String(moment.getHours()).padStart(2, '0')}:${String(moment.getMinutes()).padStart(2, '0')}`;
}
