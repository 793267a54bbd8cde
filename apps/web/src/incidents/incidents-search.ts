import type { IncidentState } from '@perdure/server/contract';

export const INCIDENT_STATES = ['open', 'ignored', 'resolved'] as const satisfies readonly IncidentState[];

export interface IncidentsSearch {
  state?: IncidentState;
  text?: string;
}

export function parseIncidentsSearch(search: Record<string, unknown>): IncidentsSearch {
  const state = INCIDENT_STATES.find((key) => key === search['state']);
  // The router reads `text=42` as a number.
  const text = typeof search['text'] === 'string' || typeof search['text'] === 'number' ? String(search['text']) : '';
  return { ...(state === undefined || state === 'open' ? {} : { state }), ...(text === '' ? {} : { text }) };
}
