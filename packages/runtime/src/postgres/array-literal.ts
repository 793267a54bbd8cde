/**
 * Postgres array literals, written by hand: a batch's columns travel as one text parameter each, and node-postgres' own
 * conversion of nested JSON costs more than the rest of the commit.
 */
export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map(textElement).join(',')}}`;
}

export function textElement(value: string | null): string {
  return value === null ? 'NULL' : `"${needsEscape.test(value) ? value.replace(escaped, '\\$&') : value}"`;
}

const needsEscape = /["\\]/;
const escaped = /["\\]/g;

export function numberArray(values: readonly (number | null)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}
