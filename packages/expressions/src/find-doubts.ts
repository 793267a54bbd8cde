import { didYouMean, type ExpressionSubject, type Json } from '@perdure/graph';
import { valuesAt } from './completion.ts';
import { rootsOf } from './evaluation.ts';
import { childrenOf, type ExpressionNode } from './expression-node.ts';
import { parseExpression } from './parse.ts';

/** A name in an expression that leads nowhere, with its place. */
export interface Doubt {
  from: number;
  to: number;
  message: string;
  /** `unknown`: it is never there. `unseen`: the data at hand does not have it, other data may. */
  certainty: 'unknown' | 'unseen';
}

/**
 * Names that are likely slips: JSONata takes a path to nothing without a word. Only paths from the root are judged, and only as far as
 * the data is known; an expression that does not parse has none.
 */
export function findDoubts(
  source: string,
  sample: { readonly [name: string]: Json },
  shape: { readonly [name: string]: Json } = {},
  subject: ExpressionSubject = 'workflow',
): Doubt[] {
  const parsed = parseExpression(source);
  if (!parsed.ok) return [];
  return pathsFromRoot(parsed.root, true).flatMap((steps) => doubtOf(source, steps, sample, shape, subject) ?? []);
}

function doubtOf(
  source: string,
  steps: readonly ExpressionNode[],
  sample: { readonly [name: string]: Json },
  shape: { readonly [name: string]: Json },
  subject: ExpressionSubject,
): Doubt | null {
  const [first, ...rest] = steps.map(({ value }) => String(value));
  if (first === undefined) return null;
  const roots = rootsOf[subject];
  if (!roots.includes(first)) {
    const guess = namesAt(sample, shape, ['steps']).includes(first) ? `steps.${first}.output` : didYouMean(first, roots);
    return doubt(source, steps[0]!, 'unknown', `There is no ${first}.${guess ? ` Did you mean ${guess}?` : ''}`);
  }
  const path = [first];
  for (const [at, name] of rest.entries()) {
    const names = namesAt(sample, shape, path);
    // Without a name there, nothing is known about it.
    if (names.length === 0) return null;
    if (!names.includes(name)) {
      const isCounted = (first === 'steps' && at <= 1) || (first === 'vars' && at === 0);
      const guess = didYouMean(name, names);
      const where =
        first === 'steps' && at === 0 ? 'No step before this one is called' : first === 'vars' && at === 0 ? 'No step sets' : null;
      const says = where === null ? `${path.join('.')} has no ${name} in the data at hand.` : `${where} ${name}.`;
      return doubt(source, steps[at + 1]!, isCounted ? 'unknown' : 'unseen', `${says}${guess ? ` Did you mean ${guess}?` : ''}`);
    }
    path.push(name);
  }
  return null;
}

function doubt(source: string, step: ExpressionNode, certainty: Doubt['certainty'], message: string): Doubt {
  // The parser tells where a name ends.
  const to = step.position ?? source.length;
  const from = source[to - 1] === '`' ? source.lastIndexOf('`', to - 2) : to - String(step.value).length;
  return { from: Math.max(0, from), to, message, certainty };
}

function namesAt(sample: { readonly [name: string]: Json }, shape: { readonly [name: string]: Json }, path: readonly string[]): string[] {
  const names = new Set<string>();
  for (const value of [...valuesAt([sample], path), ...valuesAt([shape], path)])
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) for (const name of Object.keys(value)) names.add(name);
  return [...names];
}

/** The leading names of every path that begins at the root: not those inside filters and maps, whose root is an item. */
function pathsFromRoot(node: ExpressionNode, isRoot: boolean): ExpressionNode[][] {
  if (node.type !== 'path') {
    if (node.type === 'name' || node.type === 'transform') return [];
    const inFilters = [...(node.predicate ?? []), ...(node.stages ?? [])].flatMap(({ expr }) => (expr ? [expr] : []));
    return childrenOf(node).flatMap((child) => pathsFromRoot(child, isRoot && !inFilters.includes(child) && !isGrouping(node, child)));
  }
  const steps = node.steps ?? [];
  const end = steps.findIndex((step) => step.type !== 'name');
  const names = end === -1 ? steps : steps.slice(0, end);
  const [first] = steps;
  const head = first && first.type !== 'name' ? pathsFromRoot(first, isRoot) : [];
  return isRoot && names.length > 0 ? [names, ...head] : head;
}

function isGrouping(node: ExpressionNode, child: ExpressionNode): boolean {
  return node.group?.lhs.some((pair) => pair.includes(child)) ?? false;
}
