import { isExpression } from './document.ts';
import type { Json } from './json.ts';

export interface EmbeddedExpression {
  /** Where in the config: `headers.X-Tenant`. */
  field: string;
  source: string;
  /** Set when it stands directly in a list, where JSONata would merge a list result into the list around it. */
  isListItem: boolean;
}

/** The expressions of a config value: the value itself, or any within a literal. */
export function embeddedExpressions(field: string, value: Json): EmbeddedExpression[] {
  const found: EmbeddedExpression[] = [];
  collect(field, value, false, found);
  return found;
}

/**
 * One JSONata source that builds a literal holding expressions: `{ "a": 1, "b": (input.b) }`.
 * JSON is valid JSONata, so only the expressions need brackets. A field whose expression matches nothing is left out.
 */
export function literalSource(value: Json): string {
  if (isExpression(value)) return `(${value.expr})`;
  if (Array.isArray(value)) return `[${value.map(literalSource).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, part]) => `${JSON.stringify(key)}: ${literalSource(part)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}

function collect(field: string, value: Json, isListItem: boolean, found: EmbeddedExpression[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (isExpression(value)) {
    found.push({ field, source: value.expr, isListItem });
    return;
  }
  for (const [key, part] of Object.entries(value)) collect(`${field}.${key}`, part, Array.isArray(value), found);
}
