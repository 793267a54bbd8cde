import type { TaskRow } from '@perdure/server/contract';
import { formatDay, formatMomentShort } from '../components/moment.ts';

/** Whose the task is, for a line of the list: “You, claimed 07:10”. `name` is null when it is nobody's. */
export function holderWords(row: TaskRow, me: string | undefined, now: number): { name: string | null; words: string } {
  if (row.status !== 'open') return closedWords(row, me, now);
  const holder = row.holders.find(({ id }) => id === me) ?? row.holders[0];
  const votes = row.quorum ? `${row.quorum.got} of ${row.quorum.needed} votes` : null;
  if (!holder) {
    if (row.followUpAt !== null && Date.parse(row.followUpAt) > now)
      return { name: null, words: `Put off until ${formatDay(row.followUpAt, now)}` };
    return { name: null, words: votes === null ? `Nobody yet, since ${formatMomentShort(row.createdAt, now)}` : `Nobody yet, ${votes}` };
  }
  const who = holder.id === me ? 'You' : holder.name;
  const putOff = row.followUpAt !== null && Date.parse(row.followUpAt) > now ? `put off until ${formatDay(row.followUpAt, now)}` : null;
  const how =
    holder.how === 'delegated' && holder.from
      ? `delegated by ${holder.from.id === me ? 'you' : holder.from.name}`
      : `${holder.how} ${formatMomentShort(holder.at, now)}`;
  return { name: holder.name, words: `${who}, ${putOff ?? votes ?? how}` };
}

function closedWords(row: TaskRow, me: string | undefined, now: number): { name: string | null; words: string } {
  const at = row.closedAt === null ? '' : ` ${formatMomentShort(row.closedAt, now)}`;
  if (row.status === 'expired') return { name: null, words: `Deadline passed${at}` };
  if (row.status === 'cancelled') return { name: null, words: `No longer needed${at}` };
  const by = row.decidedBy;
  return { name: by?.name ?? null, words: `${by === null ? 'Decided' : by.id === me ? 'You' : by.name},${at}` };
}
