import type { DataPath } from '@perdure/expressions';
import type { Json } from '@perdure/graph';
import { rootRow, type DataRow } from './data-rows.ts';
import type { DataRoot, ExpressionData } from './expression-data.ts';

const mostPaths = 300;

/** Paths worth offering, the shallow ones first. */
export function suggestPaths(roots: readonly DataRoot[]): string[] {
  const found = new Set<string>();
  let level: DataRow[] = roots.map(rootRow);
  for (let depth = 0; depth < 5 && found.size < mostPaths; depth += 1) {
    for (const { path } of level) found.add(path);
    level = level.slice(0, mostPaths).flatMap((row) => (row.hasChildren ? row.children() : []));
  }
  return [...found].slice(0, mostPaths);
}

/** What the data, or else its shape, holds at a path. */
export function valueAtPath({ scope, shape }: ExpressionData, path: DataPath): Json | undefined {
  return at(scope, path) ?? at(shape, path);
}

function at(data: Json, path: DataPath): Json | undefined {
  let value: Json | undefined = data;
  for (const step of path) {
    value =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, step.name)
        ? value[step.name]
        : undefined;
    if (step.at !== undefined && Array.isArray(value)) value = value.at(step.at);
  }
  return value;
}
