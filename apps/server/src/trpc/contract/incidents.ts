/** Incidents: failures of the same kind at the same place, as one row. */
import type { Mutation, Query } from './procedure-types.ts';

/** `open`: instances are failed or stuck in it now; `resolved`: none is any more; `ignored`: somebody said that it does not matter. */
export type IncidentState = 'open' | 'resolved' | 'ignored';

export interface IncidentRow {
  fingerprint: string;
  kind: 'failure' | 'stuck';
  state: IncidentState;
  workflowKey: string;
  workflowTitle: string;
  folder: string;
  node: string;
  title: string;
  code: string;
  message: string;
  firstSeenAt: string;
  lastSeenAt: string;
  /** Ever. */
  failures: number;
  /** Instances that are failed or stuck in it now. */
  open: number;
  lastInstanceId: string;
  /** How often in each of the last 24 hours, oldest first. */
  hours: number[];
  ignored: { by: string; at: string; reason: string } | null;
}

/** incidents.list. By when it was seen last. */
export interface IncidentListResult {
  rows: IncidentRow[];
  counts: Record<IncidentState, number>;
}

export type IncidentProcedures = {
  list: Query<{ states?: IncidentState[] | undefined; workflowKey?: string | undefined; text?: string | undefined }, IncidentListResult>;
  get: Query<{ fingerprint: string }, IncidentRow>;
  ignore: Mutation<{ fingerprint: string; reason: string }, void>;
  /** Not ignored any more. */
  heed: Mutation<{ fingerprint: string }, void>;
};
