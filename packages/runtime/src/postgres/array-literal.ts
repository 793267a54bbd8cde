/**
 * Postgres array literals, written by hand: a batch's columns travel as one text parameter each, and node-postgres' own
 * conversion of nested JSON costs more than the rest of the commit.
 */
export function textArray(values: readonly (string | null)[]): string {
  let out = '{';
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) out += ',';
    const value = values[i];
    out += value === null || value === undefined ? 'NULL' : `"${needsEscape.test(value) ? value.replace(escaped, '\\$&') : value}"`;
  }
  return `${out}}`;
}

const needsEscape = /["\\]/;
const escaped = /["\\]/g;

export function numberArray(values: readonly (number | null)[]): string {
  let out = '{';
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) out += ',';
    const value = values[i];
    out += value === null || value === undefined ? 'NULL' : String(value);
  }
  return `${out}}`;
}

export function booleanArray(values: readonly boolean[]): string {
  return `{${values.map((value) => (value ? 't' : 'f')).join(',')}}`;
}
