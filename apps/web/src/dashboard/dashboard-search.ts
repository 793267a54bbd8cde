import type { DashboardWindow } from '@perdure/server/contract';

/** What the dashboard shows, as it stands in the address. */
export interface DashboardSearch {
  window?: DashboardWindow;
  workflow?: string;
  chart?: 'duration';
}

export const WINDOWS = { '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d' } as const satisfies Record<DashboardWindow, string>;

export function parseDashboardSearch(search: Record<string, unknown>): DashboardSearch {
  const window = (Object.keys(WINDOWS) as DashboardWindow[]).find((key) => key === search['window']); // the keys of the record
  return {
    ...(window === undefined ? {} : { window }),
    ...(typeof search['workflow'] === 'string' && search['workflow'] !== '' ? { workflow: search['workflow'] } : {}),
    ...(search['chart'] === 'duration' ? { chart: 'duration' as const } : {}),
  };
}
