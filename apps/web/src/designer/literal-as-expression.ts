import { isExpression, type Json } from '@perdure/graph';

/** A literal as JSONata: JSON is a part of that language, and expressions inside the literal stand as they are. */
export function literalAsExpression(value: Json | undefined): string {
  return value === undefined || value === '' ? '' : written(value, '');
}

function written(value: Json, indent: string): string {
  const inner = `${indent}  `;
  // In brackets: an operator of its own must not bind to what stands beside it.
  if (isExpression(value)) return /^[\w.`]+$/.test(value.expr) ? value.expr : `(${value.expr})`;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((part) => `${inner}${written(part, inner)}`).join(',\n')}\n${indent}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return '{}';
    return `{\n${entries.map(([key, part]) => `${inner}${JSON.stringify(key)}: ${written(part, inner)}`).join(',\n')}\n${indent}}`;
  }
  return JSON.stringify(value);
}
