/** The draft, or a version by its number. */
export type Ref = 'draft' | number;

/** What is open over the designer, as it stands in the address: a version, and what it is compared with. Without `version` nothing is. */
export interface VersionsSearch {
  version?: Ref;
  /** Absent: the one before it. */
  from?: Ref;
  /** Only the version, not what differs. */
  whole?: true;
}

export function parseVersionsSearch(search: Record<string, unknown>): VersionsSearch {
  const version = refOf(search['version']);
  if (version === undefined) return {};
  const from = refOf(search['from']);
  return { version, ...(from !== undefined && { from }), ...(search['whole'] === true && { whole: true }) };
}

function refOf(value: unknown): Ref | undefined {
  if (value === 'draft') return 'draft';
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
