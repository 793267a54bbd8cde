import { useState } from 'react';

/** A value that may change with every event, followed once per tick. */
export function useAtMost(tick: number, value: number): number {
  const [kept, setKept] = useState({ tick, value });
  if (kept.tick === tick || kept.value === value) return kept.value;
  setKept({ tick, value });
  return value;
}
