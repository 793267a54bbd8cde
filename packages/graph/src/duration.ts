/**
 * A length of time as text → milliseconds, or undefined when the text is not one.
 * Takes `250ms`, `30s`, `5m`, `2h`, `1d`, `1w`, sums (`1h 30m`) and ISO 8601 (`PT1H30M`, `P1DT2H`, `P2W`).
 * Months and years are refused: their length depends on the calendar.
 */
export function parseDuration(text: string): number | undefined {
  const source = text.trim();
  if (source === '' || source.length > 100) return undefined;
  const ms = source.startsWith('P') ? parseIso(source) : parseSum(source);
  return ms !== undefined && ms <= longestMs ? ms : undefined;
}

/** As shown in tables and on nodes: the two largest units (`2 d 0 h`, `1 m 12 s`), one below a minute (`2.4 s`, `180 ms`). */
export function formatDuration(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  const whole = Math.abs(Math.round(ms));
  if (whole < 1000) return `${sign}${whole} ms`;
  if (whole < 60_000) return `${sign}${trimZero((Math.floor(whole / 100) / 10).toFixed(1))} s`;
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const;
  const first = units.findIndex(([, size]) => whole >= size);
  const [unit, size] = units[first]!;
  const [nextUnit, nextSize] = units[first + 1]!;
  const amount = Math.floor(whole / size);
  return `${sign}${amount} ${unit} ${Math.floor((whole - amount * size) / nextSize)} ${nextUnit}`;
}

/** For sentences: `2 days`, `1 hour 30 minutes`. Exact: every unit that is not zero is named. */
export function spellDuration(ms: number): string {
  let rest = Math.abs(Math.round(ms));
  const parts: string[] = [];
  for (const [name, size] of spelledUnits) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount} ${name}${amount === 1 ? '' : 's'}`);
  }
  return parts.length > 0 ? parts.join(' ') : '0 seconds';
}

/** The shortest text that `parseDuration` reads back as the same number. */
export function durationText(ms: number): string {
  let rest = Math.round(ms);
  if (rest <= 0) return '0s';
  const parts: string[] = [];
  for (const unit of ['w', 'd', 'h', 'm', 's', 'ms'] as const) {
    const size = unitMs[unit]!;
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount}${unit}`);
  }
  return parts.join(' ');
}

/** A hundred years: longer waits are typing mistakes, and this keeps every moment inside what a date can hold. */
const longestMs = 100 * 365 * 86_400_000;

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

const spelledUnits = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
  ['millisecond', 1],
] as const;

const isoPattern = /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

function parseIso(text: string): number | undefined {
  const match = isoPattern.exec(text);
  const parts = match?.slice(1);
  if (!parts?.some((part) => part !== undefined) || text.endsWith('T')) return undefined;
  const sizes = [unitMs.w!, unitMs.d!, unitMs.h!, unitMs.m!, unitMs.s!];
  return Math.round(parts.reduce((sum, part, i) => sum + Number(part ?? 0) * sizes[i]!, 0));
}

function parseSum(text: string): number | undefined {
  const part = /\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)(?![a-z])/gy;
  let sum = 0;
  let end = 0;
  const seen = new Set<string>();
  while (end < text.length) {
    const match = part.exec(text);
    if (!match) return undefined;
    const unit = match[2]!;
    if (seen.has(unit)) return undefined;
    seen.add(unit);
    sum += Number(match[1]) * unitMs[unit]!;
    end = part.lastIndex;
  }
  return Math.round(sum);
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
