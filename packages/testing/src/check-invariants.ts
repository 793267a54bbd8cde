/** Reads a whole database after a drill and says which promises it keeps. What is checked, and what not: check-rows.ts. */
import type { EntityEvent, HistoryEvent } from '@perdure/engine';
import pg from 'pg';
import { RowCheck, type Evidence, type InstanceRow, type TaskRow, type Verdict } from './check-rows.ts';

const pageSize = 500;

export async function checkInvariants(databaseUrl: string, evidence: Evidence = {}): Promise<Verdict> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // One moment for all rows, also while workers go on.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const check = new RowCheck();
    for (let cursor = ''; ;) {
      const next = await checkPage(client, check, cursor);
      if (next === null) break;
      cursor = next;
    }
    await tellMessages(client, check);
    await checkStrays(client, check);
    check.evidence(evidence);
    return check.verdict;
  } finally {
    await client.end();
  }
}

/** Checks one page of instances; the cursor of the next, or null. */
async function checkPage(client: pg.Client, check: RowCheck, cursor: string): Promise<string | null> {
  const { rows: instances } = await client.query<InstanceRow>(
    `SELECT id, execution_id, workflow_key, version, status, seq, custom_status, running_activities, completed_at FROM instance WHERE id > $1 ORDER BY id LIMIT $2`,
    [cursor, pageSize],
  );
  if (instances.length === 0) return null;
  const ids = instances.map(({ id }) => id);
  const [histories, checkpoints, timers, tasks, messages, children] = [
    await grouped<{ instance_id: string; seq: number; type: string; at: string; data: object }>(
      client,
      `SELECT instance_id, seq, type, extract(epoch FROM at) * 1000 AS at, data FROM history_event WHERE instance_id = ANY($1) ORDER BY instance_id, seq`,
      ids,
    ),
    await grouped<{ instance_id: string; seq: number; state: unknown }>(
      client,
      `SELECT instance_id, seq, state FROM checkpoint WHERE instance_id = ANY($1)`,
      ids,
    ),
    await grouped<{ instance_id: string; timer_id: string; fire_at: string }>(
      client,
      `SELECT instance_id, timer_id, extract(epoch FROM fire_at) * 1000 AS fire_at FROM timer WHERE instance_id = ANY($1)`,
      ids,
    ),
    await grouped<TaskRow & { instance_id: string }>(
      client,
      `SELECT id, instance_id, node, version, status, outcome, decided_by, holder_ids, voter_ids FROM human_task WHERE instance_id = ANY($1)`,
      ids,
    ),
    await grouped<{ instance_id: string; type: string; child: string | null }>(
      client,
      `SELECT instance_id, body->>'type' AS type, body->>'child' AS child FROM message WHERE instance_id = ANY($1) AND refusal IS NULL`,
      ids,
    ),
    await grouped<{ instance_id: string; id: string; status: string; starting: boolean }>(
      client,
      `SELECT parent_instance_id AS instance_id, id, status, false AS starting FROM instance WHERE parent_instance_id = ANY($1)
       UNION ALL SELECT body->'parent'->>'instanceId', instance_id, 'Pending', true FROM message WHERE body->>'type' = 'StartChild' AND body->'parent'->>'instanceId' = ANY($1)
       UNION ALL SELECT body->'asked'->>'instanceId', instance_id, 'Pending', true FROM message WHERE body->>'type' = 'Rewind' AND body->'asked'->>'instanceId' = ANY($1)`,
      ids,
    ),
  ];
  for (const row of instances) {
    const of = <Row>(rows: Map<string, Row[]>): Row[] => rows.get(row.id) ?? [];
    check.instance(row, {
      events: of(histories).map(({ seq, type, at, data }) => ({ ...data, seq, at: Number(at), type }) as HistoryEvent | EntityEvent),
      checkpoints: of(checkpoints),
      timers: of(timers).map(({ timer_id, fire_at }) => ({ timer_id, fire_at: Number(fire_at) })),
      tasks: of(tasks),
      messages: of(messages),
      children: of(children),
    });
  }
  return instances.at(-1)?.id ?? null;
}

async function tellMessages(client: pg.Client, check: RowCheck): Promise<void> {
  const { rows } = await client.query<{ lock: string | null; request: string | null }>(
    `SELECT coalesce(body->'lock'->>'id', body->>'lock') AS lock, coalesce(body->'request'->>'id', body->>'request') AS request
     FROM message WHERE refusal IS NULL`,
  );
  for (const { lock, request } of rows) check.message(lock, request);
}

async function checkStrays(client: pg.Client, check: RowCheck): Promise<void> {
  for (const table of ['history_event', 'checkpoint', 'timer', 'human_task'] as const) {
    const { rows } = await client.query<{ instance_id: string }>(
      `SELECT DISTINCT instance_id FROM ${table} t WHERE NOT EXISTS (SELECT 1 FROM instance i WHERE i.id = t.instance_id)`,
    );
    for (const row of rows) check.stray(table, row.instance_id);
  }
}

async function grouped<Row extends { instance_id: string }>(
  client: pg.Client,
  sql: string,
  ids: readonly string[],
): Promise<Map<string, Row[]>> {
  const { rows } = await client.query<Row>(sql, [ids]);
  return Map.groupBy(rows, (row) => row.instance_id);
}
