import type { StoredEvent } from './ports/decider.ts';

/** Of events that follow each other, those behind `afterSeq`; null unless the first of them comes right after it. */
export function eventsBehind(events: readonly StoredEvent[], afterSeq: number): StoredEvent[] | null {
  const behind = events.filter(({ seq }) => seq > afterSeq);
  return behind[0]?.seq === afterSeq + 1 ? behind : null;
}
