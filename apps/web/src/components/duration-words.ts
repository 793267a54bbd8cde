const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** In one unit, with as much precision as three digits give: `3.2 s`, `41 d`, `410 ms`. Number and unit apart, for those who set them apart. */
export function shortDuration(ms: number): { value: string; unit: string } {
  const [unit, unitMs] = units.find(([, size]) => ms >= size) ?? (['ms', 1] as const);
  const amount = ms / unitMs;
  return { value: amount >= 10 || unit === 'ms' ? String(Math.round(amount)) : String(Math.round(amount * 10) / 10), unit };
}

export function durationWords(ms: number): string {
  const { value, unit } = shortDuration(ms);
  return `${value} ${unit}`;
}

/** `2h`, `30 m`, `1.5d` as milliseconds; undefined for anything else. */
export function readDuration(text: string): number | undefined {
  const [, amount, unit] = /^\s*(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)\s*$/.exec(text) ?? [];
  const size = units.find(([name]) => name === unit)?.[1];
  return amount === undefined || size === undefined ? undefined : Number(amount) * size;
}
