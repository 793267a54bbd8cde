/** What the audit log shows, as it stands in the address. Broken parts are dropped: an old link still opens the log. */
export interface AuditSearch {
  actor?: string;
  actions?: string[];
  /** `instance:…`, `workflow:…`, `user:…` */
  target?: string;
  within?: AuditWithin;
  text?: string;
  /** The entry that is open. */
  entry?: string;
}

export const AUDIT_WITHIN = { '1h': 'Last hour', '24h': 'Last 24 hours', '7d': 'Last 7 days', '30d': 'Last 30 days' } as const;
export type AuditWithin = keyof typeof AUDIT_WITHIN;
const LENGTH_MS: Record<AuditWithin, number> = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000, '30d': 2_592_000_000 };

export function parseAuditSearch(search: Record<string, unknown>): AuditSearch {
  const found: AuditSearch = {};
  for (const name of ['actor', 'target', 'text', 'entry'] as const) {
    const value = search[name];
    // The router reads `text=42` as a number.
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') found[name] = String(value);
  }
  const actions = (Array.isArray(search['actions']) ? search['actions'] : [search['actions']]).filter((one) => typeof one === 'string');
  if (actions.length > 0) found.actions = actions;
  if (typeof search['within'] === 'string' && Object.hasOwn(AUDIT_WITHIN, search['within'])) found.within = search['within'] as AuditWithin; // just checked
  return found;
}

/** The filter as the server takes it. `minute`: the present, moving by the minute, so that the page does not refetch for every tick. */
export function auditFilter({ actor, actions, target, within, text }: AuditSearch, minute: number) {
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(actions === undefined ? {} : { actions }),
    ...(target === undefined ? {} : { target }),
    ...(within === undefined ? {} : { from: new Date(minute - LENGTH_MS[within]).toISOString() }),
    ...(text === undefined ? {} : { text }),
  };
}
