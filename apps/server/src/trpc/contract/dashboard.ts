/** The dashboard. What is counted is what the person may see, without test runs. */
import type { IncidentRow } from './incidents.ts';
import type { ShownStatus, WaitingKind, Whereabouts } from './instances.ts';
import type { Query } from './procedure-types.ts';

export type DashboardWindow = '1h' | '24h' | '7d' | '30d';

/** dashboard.get. What the person may see, without test runs. */
export interface DashboardData {
  window: DashboardWindow;
  /** How long a point's stretch is. */
  pointMinutes: number;
  computedAt: string;
  now: { running: number; waiting: number; hot: number };
  /** Oldest first, without gaps; the last is under way. */
  points: DashboardPoint[];
  totals: { started: number; completed: number; failed: number; terminated: number; p50Ms: number | null; p95Ms: number | null };
  /** Of the window before this one. */
  before: { completed: number };
  openIncidents: number;
  oldest: { id: string; workflowKey: string; status: ShownStatus; whereabouts: Whereabouts | null; createdAt: string } | null;
  waits: { kind: WaitingKind | 'other'; instances: number; oldestSince: string; nextUntil: string | null }[];
  /** To 10,000; 10,001 stands for more. So does the next. */
  overdueTasks: number;
  stuck: number;
  incidents: IncidentRow[];
  partitions: number;
  workers: DashboardWorker[];
  /** Where states were found in the last 15 minutes; null while none was needed. */
  stateReads: { memory: number; hot: number; postgres: number } | null;
}

export interface DashboardWorker {
  id: string;
  partitions: number;
  turnsPerSecond: number | null;
  seenAt: string;
  isGone: boolean;
  /** Partitions that came from another worker in the last ten minutes; the latest such worker. */
  moved: { from: string; partitions: number; at: string } | null;
}

export interface DashboardPoint {
  at: string;
  started: number;
  completed: number;
  failed: number;
  terminated: number;
  /** At its end. */
  running: number;
  waiting: number;
  p50Ms: number | null;
  p95Ms: number | null;
}

export type DashboardProcedures = {
  get: Query<{ window: DashboardWindow; workflowKey?: string | undefined }, DashboardData>;
};
