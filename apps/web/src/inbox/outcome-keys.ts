/** Keys the inbox itself uses. */
const TAKEN = new Set(['j', 'k', 'c', 'u', 'd', 's', 'm', 'x', 'g', '/', '?']);

export interface KeyedOutcome {
  port: string;
  label: string;
  tone: 'primary' | 'neutral' | 'danger';
}

/**
 * A key for every outcome: an initial of its words, else a letter of its last word, else of the whole, else a digit. The primary outcome chooses first.
 * `Approve` a, `Reject` r, `Request changes` h.
 */
export function outcomeKeys(outcomes: readonly KeyedOutcome[]): Map<string, string> {
  const rank = { primary: 0, danger: 1, neutral: 2 };
  const taken = new Set(TAKEN);
  const keys = new Map<string, string>();
  for (const outcome of outcomes.toSorted((a, b) => rank[a.tone] - rank[b.tone])) {
    const words = outcome.label
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter(Boolean);
    const candidates = [
      ...words.map((word) => word[0] ?? ''),
      ...(words.at(-1) ?? ''),
      ...words.join(''),
      ...(words.length > 0 ? '123456789' : ''),
    ];
    const key = candidates.find((candidate) => candidate !== '' && !taken.has(candidate));
    if (key === undefined) continue;
    taken.add(key);
    keys.set(outcome.port, key);
  }
  return keys;
}
