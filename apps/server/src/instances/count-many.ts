/**
 * Counts that stop at a limit. A filter that was found to have more is believed to for some seconds: counting ten thousand of a tag that a third
 * of all have costs more than the page beside it, and "10,000+" is what it says however it changes. What is exact is counted each time.
 */
import type { Database } from '@perdure/database';
import type { InstanceCount, InstanceFilter } from '@perdure/database/read';

const believedForMs = 10_000;
const mostRemembered = 1_000;

/** By database: when each filter, as it reads, was found to have many. */
const found = new WeakMap<Database, Map<string, { at: number; count: InstanceCount }>>();

/** @param filter with everything that narrows it: who may see less has another */
export async function countMany(
  database: Database,
  filter: InstanceFilter,
  count: () => Promise<InstanceCount>,
  now: () => number = performance.now.bind(performance),
): Promise<InstanceCount> {
  const known = found.get(database) ?? new Map<string, { at: number; count: InstanceCount }>();
  found.set(database, known);
  const key = JSON.stringify(filter);
  const before = known.get(key);
  if (before !== undefined && now() - before.at < believedForMs) return before.count;
  known.delete(key);
  const counted = await count();
  if (!counted.exact) {
    known.set(key, { at: now(), count: counted });
    // In the order in which they were found.
    const [oldest] = known.keys();
    if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest);
  }
  return counted;
}
