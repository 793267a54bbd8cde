import { isExpression } from '../document.ts';
import { parseDuration, spellDuration } from '../duration.ts';
import type { Json } from '../json.ts';

/** A config value in a node's summary: a literal as it is, an object by its keys, an expression by its source, cut to what a node can show. */
export function summaryText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (isExpression(value)) return cut(value.expr);
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'object' && !Array.isArray(value)) return cut(Object.keys(value).join(', '));
  return cut(JSON.stringify(value));
}

/** `2 days` for `2d`; an expression or a moment by its text. */
export function durationSummary(value: Json | undefined): string {
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? parseDuration(value) : undefined;
  return ms === undefined ? summaryText(value) : spellDuration(ms);
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
