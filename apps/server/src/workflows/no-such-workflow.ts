/** What is said beside a field that holds the key of no workflow: the key, and the one that was most likely meant. */
export function noSuchWorkflow(key: string, keys: readonly string[]): string {
  const nearest = nearestOf(key, keys);
  return `There is no workflow “${key}”.${nearest === null ? '' : ` Did you mean “${nearest}”?`}`;
}

/** Null: nothing is alike. */
function nearestOf(key: string, keys: readonly string[]): string | null {
  const wanted = key.toLowerCase();
  let nearest: { key: string; away: number } | null = null;
  for (const one of keys) {
    const other = one.toLowerCase();
    // A part of a name is as good as a slip or two.
    const away = other.includes(wanted) || wanted.includes(other) ? 1 : distance(wanted, other);
    if (away <= Math.max(2, key.length / 3) && (nearest === null || away < nearest.away)) nearest = { key: one, away };
  }
  return nearest?.key ?? null;
}

/** Levenshtein's: how many letters are put in, left out or changed. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++)
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other[j] ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
