import type { Json } from '@perdure/graph';
import type { EntityScope, ExpressionScope } from './evaluation.ts';

/** Only what the paths reach, so that no more than needed is sent to the sandbox. A list on the way is kept whole. */
export function pruneScope(
  scope: ExpressionScope | EntityScope,
  reads: readonly (readonly string[])[],
): Partial<ExpressionScope | EntityScope> {
  const pruned: { [key: string]: Json } = {};
  for (const path of reads) copy(scope as unknown as { [key: string]: Json }, pruned, path);
  return pruned as unknown as Partial<ExpressionScope | EntityScope>; // parts of a scope, in their places
}

function copy(from: { [key: string]: Json }, to: { [key: string]: Json }, path: readonly string[]): void {
  const [name, ...rest] = path;
  if (name === undefined || name === '__proto__' || !Object.hasOwn(from, name)) return;
  const value = from[name] as Json; // own key
  if (rest.length === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) {
    to[name] = value;
    return;
  }
  const existing = Object.hasOwn(to, name) ? (to[name] as { [key: string]: Json }) : {}; // put there below, by an earlier path
  to[name] = existing;
  copy(value, existing, rest);
}
