/** A map that forgets what was set longest ago. */
export function boundedMap<Key, Value>(limit: number): { get(key: Key): Value | undefined; set(key: Key, value: Value): void } {
  const entries = new Map<Key, Value>();
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= limit) return;
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    },
  };
}
