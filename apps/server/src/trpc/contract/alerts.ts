/** Alerts: rules, when they fired, what was told. */
import type { Mutation, Query } from './procedure-types.ts';

export type AlertKind = 'failure-rate' | 'stuck' | 'queue-lag' | 'overdue-tasks';

/** alerts.save. `threshold`: percent, instances, seconds or tasks, by kind. `windowSeconds`: of a rate; else for how long already. */
export interface AlertRuleInput {
  /** Not set: a new one. */
  id?: string | undefined;
  name: string;
  kind: AlertKind;
  /** Null: all. */
  workflowKey: string | null;
  threshold: number;
  /** Of a rate: fewer finished ones than this say nothing. */
  minimum: number;
  windowSeconds: number;
  cooldownSeconds: number;
  remindEverySeconds: number | null;
  tellResolved: boolean;
  emails: string[];
  webhookUrl: string | null;
  enabled: boolean;
}

export interface AlertRule extends AlertRuleInput {
  id: string;
  /** What it is about, by now; null: all workflows. */
  workflow: { title: string; state: 'there' | 'archived' | 'gone' } | null;
  /** What the latest look found; null when it found too little, or there was none yet. */
  value: number | null;
  evaluatedAt: string | null;
  /** Why it could not be looked at. */
  problem: string | null;
  firing: { since: string; worst: number; told: number } | null;
}

export interface AlertFiringRow {
  id: string;
  ruleId: string;
  name: string;
  kind: AlertKind;
  startedAt: string;
  /** Null: it goes on. */
  endedAt: string | null;
  worst: number;
  /** How often it was told; 0: the cooldown kept it quiet. */
  told: number;
}

export interface AlertDelivery {
  id: string;
  /** `alert.firing`, `alert.reminder`, `alert.resolved`, `alert.test` */
  kind: string;
  channel: 'email' | 'webhook';
  recipient: string;
  createdAt: string;
  attempts: number;
  state: 'waiting' | 'sent' | 'failed';
  /** Of the latest attempt that failed. */
  reason: string | null;
  nextAttemptAt: string | null;
}

/** alerts.list: the newest 50 firings and notices. */
export interface AlertList {
  rules: AlertRule[];
  firings: AlertFiringRow[];
  deliveries: AlertDelivery[];
}

export type AlertProcedures = {
  list: Query<void, AlertList>;
  save: Mutation<AlertRuleInput, { id: string }>;
  remove: Mutation<{ id: string }, void>;
  test: Mutation<{ id: string }, { notices: number }>;
  webhookKey: Mutation<{ id: string; renew: boolean }, { key: string }>;
};
