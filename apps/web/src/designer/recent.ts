const mostKept = 8;

/** What was picked lately in one kind of list, the last first. Kept in this browser. */
export function readRecent(list: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(list)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

export function rememberRecent(list: string, id: string): string[] {
  const ids = [id, ...readRecent(list).filter((other) => other !== id)].slice(0, mostKept);
  try {
    localStorage.setItem(keyOf(list), JSON.stringify(ids));
  } catch {
    // Storage is full or forbidden: then it is remembered on this page only.
  }
  return ids;
}

function keyOf(list: string): string {
  return `perdure-recent-${list}`;
}
