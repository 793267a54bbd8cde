export const ALERT_VIEWS = ['rules', 'firings', 'deliveries'] as const;
export type AlertView = (typeof ALERT_VIEWS)[number];

/** What the alerts page shows, as it stands in the address. `rule`: the one that is being changed, `new` for one to be. */
export interface AlertsSearch {
  view?: AlertView;
  rule?: string;
}

export function parseAlertsSearch(search: Record<string, unknown>): AlertsSearch {
  const found: AlertsSearch = {};
  const view = ALERT_VIEWS.find((key) => key === search['view']);
  if (view && view !== 'rules') found.view = view;
  if (typeof search['rule'] === 'string') found.rule = search['rule'];
  return found;
}
