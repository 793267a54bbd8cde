import type { CappedCount, InstanceFilterInput } from '@perdure/server/contract';

/** What is chosen in the list: rows that were ticked, or everything a filter finds, those on other pages included. */
export type Selection =
  | { readonly of: 'rows'; readonly ids: ReadonlySet<string> }
  | { readonly of: 'filter'; readonly filter: InstanceFilterInput; readonly count: CappedCount };

export const nothingSelected: Selection = { of: 'rows', ids: new Set() };

export function isSelected(selection: Selection, id: string): boolean {
  return selection.of === 'filter' || selection.ids.has(id);
}

/** One row more or less. Taking one out of everything a filter finds leaves the rows in sight. */
export function toggled(selection: Selection, id: string, inSight: readonly string[]): Selection {
  const ids = new Set(selection.of === 'rows' ? selection.ids : inSight);
  if (!ids.delete(id)) ids.add(id);
  return { of: 'rows', ids };
}

/** All rows from one to another, as Shift and a click ask for. */
export function extended(selection: Selection, from: string, to: string, inSight: readonly string[]): Selection {
  const [a, b] = [inSight.indexOf(from), inSight.indexOf(to)].sort((x, y) => x - y);
  const between = a === undefined || b === undefined || a < 0 ? [to] : inSight.slice(a, b + 1);
  return { of: 'rows', ids: new Set([...(selection.of === 'rows' ? selection.ids : inSight), ...between]) };
}

export function selectedCount(selection: Selection): CappedCount {
  return selection.of === 'filter' ? selection.count : { value: selection.ids.size, exact: true };
}

/** As the server takes it: the rows' ids, or the filter. */
export function selectedFilter(selection: Selection): InstanceFilterInput {
  return selection.of === 'filter' ? selection.filter : { ids: [...selection.ids] };
}
