/** What the page of an instance shows, as it stands in the address: the event it is at, and the chosen step. */
export interface MomentSearch {
  at?: number;
  step?: string;
}

export function parseMomentSearch(search: Record<string, unknown>): MomentSearch {
  const found: MomentSearch = {};
  const at = Number(search['at']);
  if (Number.isSafeInteger(at) && at > 0) found.at = at;
  // The router reads `step=42` as a number.
  const step = search['step'];
  if (typeof step === 'string' || typeof step === 'number') found.step = String(step);
  return found;
}
