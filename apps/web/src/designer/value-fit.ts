import { describeType } from '@perdure/expressions';
import { parseDuration, type Field, type Json } from '@perdure/graph';

/** What an expression's result is used as. */
export type ExpectedValue = NonNullable<Field['literal']> | 'condition' | 'moment';

/** Why a result cannot be used here, or is not what it seems; null where it fits. */
export function valueMisfit(expected: ExpectedValue | undefined, value: Json | undefined): string | null {
  if (expected === undefined || expected === 'json' || value === undefined) return null;
  switch (expected) {
    case 'text':
      return typeof value === 'object' && value !== null ? `This is used as text, and it is ${a(value)}. $string(…) writes it out.` : null;
    case 'number':
      return typeof value === 'number' ? null : `A number is needed, and this is ${a(value)}.${numberHint(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? null : `Yes or no is needed, and this is ${a(value)}.`;
    case 'list':
      return Array.isArray(value) ? null : `A list is needed, and this is ${a(value)}. [ … ] makes a list of it.`;
    case 'duration':
      return durationMisfit(value);
    case 'moment':
      return typeof value === 'string' && Number.isNaN(Date.parse(value))
        ? `A moment such as 2030-01-31T12:00:00Z is needed, and this is ${a(value)}.`
        : null;
    case 'condition':
      return typeof value === 'boolean'
        ? null
        : `This is ${a(value)}, not true or false: it counts as ${countsAsTrue(value) ? 'true' : 'false'}.`;
  }
}

/** The engine takes a number as milliseconds and a text as a duration or a moment. */
function durationMisfit(value: Json): string | null {
  if (typeof value === 'number')
    return value >= 0 ? `A number is milliseconds. For seconds write $string(…) & "s".` : 'A duration cannot be negative.';
  if (typeof value !== 'string') return `A duration such as "2h", or a moment, is needed, and this is ${a(value)}.`;
  if (parseDuration(value) !== undefined || !Number.isNaN(Date.parse(value))) return null;
  return `“${value}” is neither a duration such as 30s, 5m, 2h or 1d nor a moment.`;
}

function numberHint(value: Json): string {
  return typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)) ? ' $number(…) reads it.' : '';
}

function a(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return String(value);
  const word = describeType(value);
  return word === 'text' ? 'text' : `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;
}

/** As JSONata counts. */
function countsAsTrue(value: Json): boolean {
  if (Array.isArray(value)) return value.some(countsAsTrue);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}
