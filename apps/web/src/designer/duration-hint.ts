import { durationText, parseDuration, spellDuration } from '@perdure/graph';

/** What a person typed into a field for a time span or a moment, in other words; the fault when it is neither. */
export type TimeHint = { ok: true; text: string } | { ok: false; text: string };

export function timeHint(text: string, orMoment: boolean, now: Date): TimeHint | null {
  if (text.trim() === '') return null;
  const ms = parseDuration(text);
  if (ms !== undefined) return { ok: true, text: `${spellDuration(ms)}. From now: ${momentWords(new Date(now.getTime() + ms), now)}` };
  const moment = orMoment && momentPattern.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(moment)) {
    const left = moment - now.getTime();
    if (left <= 0) return { ok: true, text: `${momentWords(new Date(moment), now)}. That has passed: it would be at once.` };
    return { ok: true, text: `${momentWords(new Date(moment), now)}, in ${roughly(left)}` };
  }
  if (/^\d+(\.\d+)?$/.test(text.trim()))
    return { ok: false, text: `Add a unit: ${text.trim()}s, ${text.trim()}m, ${text.trim()}h or ${text.trim()}d.` };
  const meant = tidiedDuration(text);
  return {
    ok: false,
    text:
      meant === null
        ? `Write it as 30s, 5m, 2h or 1d${orMoment ? ', or a moment such as 2030-01-31T12:00:00Z' : ''}.`
        : `Reads as ${meant}`,
  };
}

const units: Record<string, string> = {
  w: 'w',
  d: 'd',
  h: 'h',
  m: 'm',
  s: 's',
  ms: 'ms',
  min: 'm',
  mins: 'm',
  hr: 'h',
  hrs: 'h',
  sec: 's',
  secs: 's',
};
for (const [word, unit] of [
  ['week', 'w'],
  ['day', 'd'],
  ['hour', 'h'],
  ['minute', 'm'],
  ['second', 's'],
  ['millisecond', 'ms'],
] as const) {
  units[word] = unit;
  units[`${word}s`] = unit;
}

/** "1 hour 30 minutes", "90 min" and "1:30" as durations are written here; null for what is none, or is written so already. */
export function tidiedDuration(text: string): string | null {
  const source = text.trim().toLowerCase();
  if (parseDuration(text) !== undefined) return null;
  const clock = /^(\d{1,3}):([0-5]\d)(?::([0-5]\d))?$/.exec(source);
  if (clock) return durationText((Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0)) * 1000);
  const parts = [...source.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)];
  const rest = source.replace(/(\d+(?:\.\d+)?)\s*([a-z]+)/g, '').replace(/\band\b|,/g, '');
  if (parts.length === 0 || rest.trim() !== '') return null;
  const written = parts.map(([, amount = '', word = '']) => (units[word] === undefined ? '' : `${amount}${units[word]}`));
  const tidied = written.join(' ');
  return written.includes('') || parseDuration(tidied) === undefined ? null : tidied;
}

const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

function momentWords(moment: Date, now: Date): string {
  const isToday = moment.toDateString() === now.toDateString();
  return moment.toLocaleString('en-GB', {
    ...(isToday ? {} : { weekday: 'short', day: 'numeric', month: 'short' }),
    ...(moment.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
  });
}

/** The largest unit that fits is enough to see whether it is what was meant. */
function roughly(ms: number): string {
  return spellDuration(
    ms < 60_000 ? ms : ms < 3_600_000 ? floor(ms, 60_000) : ms < 86_400_000 ? floor(ms, 3_600_000) : floor(ms, 86_400_000),
  );
}

function floor(ms: number, unit: number): number {
  return Math.floor(ms / unit) * unit;
}
