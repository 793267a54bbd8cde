/** The audit log. */
import type { Json } from '@perdure/graph';
import type { Query } from './procedure-types.ts';

/** audit.list: newest first; `cursor` is the `nextCursor` of the page before. */
export interface AuditListInput {
  actor?: string | undefined;
  actions?: string[] | undefined;
  /** Exactly: `workflow:…`, `instance:…`, `user:…` */
  target?: string | undefined;
  from?: string | undefined;
  before?: string | undefined;
  text?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}

export interface AuditListResult {
  rows: AuditRow[];
  nextCursor: string | null;
  /** A text was looked for down to this moment; the next page goes on from there. */
  searchedTo: string | null;
}

export interface AuditRow {
  id: string;
  at: string;
  /** `name` of a person; null for keys and the system, which their id names. */
  actor: { id: string; name: string | null };
  action: string;
  target: { id: string; name: string | null };
  detail: Json;
  /** The fields that differ, null when the entry tells none. */
  before: Json;
  after: Json;
  reason: string | null;
  requestId: string | null;
  address: string | null;
  /** `unknown`: the server stopped before it knew, and nothing tells afterwards. */
  outcome: 'done' | 'unknown';
  /** Null until sealed, a few seconds later. */
  hash: string | null;
}

/** audit.choices: who and what occurs in the log. */
export interface AuditChoices {
  actors: { id: string; name: string | null }[];
  actions: string[];
}

export type AuditProcedures = {
  list: Query<AuditListInput, AuditListResult>;
  choices: Query<void, AuditChoices>;
};
