/** Failures become known, each once, and make incidents (tables instance_failure and incident). */
import { sqlFile } from '../sql-file.ts';
import type { Ask } from '../asking.ts';
import { errorFingerprint } from './error-fingerprint.ts';

const findSql = sqlFile(import.meta.url, 'find-failures.sql');
const keepSql = sqlFile(import.meta.url, 'keep-failures.sql');
const countOpenSql = sqlFile(import.meta.url, 'count-open.sql');
const forgetSql = sqlFile(import.meta.url, 'forget-failures.sql');
const incidentsOfSql = sqlFile(import.meta.url, 'incidents-of.sql');

interface FoundFailure {
  id: string;
  failedAt: Date;
  createdAt: Date;
  workflowKey: string;
  isTest: boolean;
  node: string;
  title: string;
  code: string;
  message: string;
}

/** Of the instances that failed between two moments, at most `limit`. Gives how many became known, the incidents they belong to, and whether there may be more. */
export async function learnFailures(
  ask: Ask,
  span: { from: Date; to: Date; limit: number },
): Promise<{ known: number; incidents: readonly string[]; more: boolean }> {
  const found = await ask<FoundFailure>(findSql, [span.from, span.to, span.limit]);
  if (found.length === 0) return { known: 0, incidents: [], more: false };
  const column = <Value>(of: (failure: FoundFailure) => Value): Value[] => found.map(of);
  const incidents = await ask<{ fingerprint: string }>(keepSql, [
    column(({ id }) => id),
    column(({ failedAt }) => failedAt),
    column(({ createdAt }) => createdAt),
    column(({ workflowKey }) => workflowKey),
    column(({ node }) => node),
    column(({ title }) => title),
    column(({ code }) => code),
    column(({ message }) => message),
    column((failure) => (failure.isTest ? null : errorFingerprint(failure))),
  ]);
  return { known: found.length, incidents: incidents.map(({ fingerprint }) => fingerprint), more: found.length === span.limit };
}

/** Brings the number of open instances up to date, of these incidents or of all. Gives those whose number was another. */
export async function countOpen(ask: Ask, incidents: readonly string[] | null): Promise<readonly string[]> {
  if (incidents?.length === 0) return [];
  const changed = await ask<{ fingerprint: string }>(countOpenSql, [incidents]);
  return changed.map(({ fingerprint }) => fingerprint);
}

/** The incidents that instances failed in, now or before. */
export async function incidentsOf(ask: Ask, instanceIds: readonly string[]): Promise<readonly string[]> {
  if (instanceIds.length === 0) return [];
  const rows = await ask<{ fingerprint: string }>(incidentsOfSql, [instanceIds]);
  return rows.map(({ fingerprint }) => fingerprint);
}

/** Those of instances that are gone, at most `limit`. Gives how many. */
export async function forgetFailures(ask: Ask, limit: number): Promise<number> {
  return (await ask(forgetSql, [limit])).length;
}
