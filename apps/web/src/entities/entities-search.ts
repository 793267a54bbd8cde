/** What the page of entities shows, as it stands in the address. Unknown or broken parts are dropped: an old link still opens the page. */
export interface EntitiesSearch {
  tab?: 'types';
  /** Name of an entity type. */
  type?: string;
  /** Start of a key of that type. */
  text?: string;
  cursor?: string;
}

export function parseEntitiesSearch(search: Record<string, unknown>): EntitiesSearch {
  const found: EntitiesSearch = {};
  if (search['tab'] === 'types') found.tab = 'types';
  for (const name of ['type', 'text', 'cursor'] as const) {
    const value = search[name];
    // The router reads `text=42` as a number.
    if (typeof value === 'string' || typeof value === 'number') found[name] = String(value);
  }
  return found;
}

/** A key stands in the query: in the path the browser would take `.` and `..` for directions. */
export function parseEntitySearch(search: Record<string, unknown>): { key: string } {
  const { key } = search;
  return { key: typeof key === 'string' || typeof key === 'number' ? String(key) : '' };
}
