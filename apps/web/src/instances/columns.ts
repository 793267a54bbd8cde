/** What the list of instances can show, and what it shows at first. */
export const COLUMNS = {
  status: { label: 'Status', width: 116 },
  instance: { label: 'Instance', width: 150 },
  workflow: { label: 'Workflow', width: 160 },
  where: { label: 'Where and why', width: null },
  started: { label: 'Started', width: 118 },
  elapsed: { label: 'Elapsed', width: 88 },
  changed: { label: 'Last change', width: 118 },
  ended: { label: 'Ended', width: 118 },
  startedBy: { label: 'Started by', width: 130 },
  folder: { label: 'Folder', width: 140 },
  tags: { label: 'Tags', width: 110 },
} as const;

export type Column = keyof typeof COLUMNS;

export const ALL_COLUMNS = Object.keys(COLUMNS) as Column[]; // the keys of the record
export const STANDARD_COLUMNS: readonly Column[] = ['status', 'instance', 'workflow', 'where', 'started', 'elapsed', 'tags'];

export type Density = 'comfortable' | 'compact';

export interface ListSetting {
  columns: readonly Column[];
  density: Density;
}

/** As it was kept; what this version does not know is dropped. An instance is always named. */
export function readListSetting(kept: unknown): ListSetting {
  const found = typeof kept === 'object' && kept !== null ? (kept as { columns?: unknown; density?: unknown }) : {}; // anything may have been kept
  const columns = Array.isArray(found.columns) ? knownColumns(found.columns) : STANDARD_COLUMNS;
  return {
    columns: columns.includes('instance') ? columns : STANDARD_COLUMNS,
    density: found.density === 'compact' ? 'compact' : 'comfortable',
  };
}

function knownColumns(names: readonly unknown[]): Column[] {
  return names.flatMap((name) => ALL_COLUMNS.find((column) => column === name) ?? []);
}
