/**
 * The floor: exactly the rows the engine wrote for a run, all tables, in batches by a bare loop. No engine, no fencing, no guard: what
 * Postgres itself takes on this machine, now. The rows are those of a real instance of the run, under new ids.
 */
import pg from 'pg';

/** What one turn wrote: the instance's row as it stood after it, and its events. */
interface TurnRows {
  seq: number;
  events: { seq: number; type: string; data: string }[];
}

const batchSize = 200;
const lanes = 2;

/** Where an instance of the run stood, as lists show it: part of every row it wrote but the last. Ask while the run goes on. */
export async function sampleWhereabouts(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (let tries = 0; tries < 500; tries += 1) {
      const { rows } = await client.query<{ whereabouts: string }>(
        `SELECT whereabouts::text FROM instance WHERE whereabouts IS NOT NULL AND status = 'Running' LIMIT 1`,
      );
      if (rows[0] !== undefined) return rows[0].whereabouts;
      await new Promise((resume) => setTimeout(resume, 10));
    }
    throw new Error('No instance was seen running.');
  } finally {
    await client.end();
  }
}

/** Workflows per second. `sample`: a finished instance whose turns each ended in a TaskScheduled or the end. */
export async function measureFloor(databaseUrl: string, sample: string, whereabouts: string, workflows: number): Promise<number> {
  const pool = openPool(databaseUrl);
  try {
    const turns = await turnsOf(pool, sample);
    const batches = Array.from({ length: Math.ceil(workflows / batchSize) }, (_, b) =>
      Array.from({ length: Math.min(batchSize, workflows - b * batchSize) }, (_, i) => `floor-${b}-${i}`),
    );
    const startedAt = performance.now();
    let next = 0;
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        for (let b = next++; b < batches.length; b = next++) await writeWorkflows(pool, batches[b] ?? [], turns, whereabouts);
      }),
    );
    return workflows / ((performance.now() - startedAt) / 1_000);
  } finally {
    await pool.end();
  }
}

/** Milliseconds that one workflow's commits take, one after another and nothing else going on; ascending. */
export async function measureFloorLatencies(
  databaseUrl: string,
  sample: string,
  whereabouts: string,
  workflows: number,
): Promise<number[]> {
  const pool = openPool(databaseUrl);
  try {
    const turns = await turnsOf(pool, sample);
    const latencies: number[] = [];
    for (let i = 0; i < workflows; i += 1) {
      const startedAt = performance.now();
      await writeWorkflows(pool, [`floor-alone-${i}`], turns, whereabouts);
      latencies.push(performance.now() - startedAt);
      await new Promise((resume) => setTimeout(resume, 50));
    }
    return latencies.sort((a, b) => a - b);
  } finally {
    await pool.end();
  }
}

function openPool(databaseUrl: string): pg.Pool {
  return new pg.Pool({ connectionString: databaseUrl, max: lanes, options: '-c jit=off' });
}

async function turnsOf(pool: pg.Pool, sample: string): Promise<TurnRows[]> {
  const { rows } = await pool.query<{ seq: number; type: string; data: string }>(
    'SELECT seq, type, data::text FROM history_event WHERE instance_id = $1 ORDER BY seq',
    [sample],
  );
  const turns: TurnRows[] = [];
  let events: TurnRows['events'] = [];
  for (const event of rows) {
    events.push(event);
    if (event.type !== 'TaskScheduled' && event.type !== 'ExecutionCompleted') continue;
    turns.push({ seq: event.seq, events });
    events = [];
  }
  return turns;
}

async function writeWorkflows(pool: pg.Pool, ids: readonly string[], turns: readonly TurnRows[], whereabouts: string): Promise<void> {
  for (const [k, turn] of turns.entries()) await writeTurn(pool, ids, turn, k === 0, k === turns.length - 1 ? null : whereabouts);
}

async function writeTurn(
  pool: pg.Pool,
  ids: readonly string[],
  turn: TurnRows,
  isFirst: boolean,
  whereabouts: string | null,
): Promise<void> {
  const at = new Date();
  await pool.query({
    name: isFirst ? 'floor-insert' : 'floor-update',
    text: `WITH row AS (${isFirst ? insertRow : updateRow})
      INSERT INTO history_event (instance_id, seq, type, at, data)
      SELECT id, e.seq, e.type, $4, e.data::json FROM unnest($1::text[]) AS i(id) CROSS JOIN unnest($5::int[], $6::text[], $7::text[]) AS e(seq, type, data)`,
    values: [
      ids,
      turn.seq,
      whereabouts === null ? 'Completed' : 'Running',
      at,
      turn.events.map(({ seq }) => seq),
      turn.events.map(({ type }) => type),
      turn.events.map(({ data }) => data),
      whereabouts,
    ],
  });
}

const insertRow = `INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, seq, tags, started_by, whereabouts, running_activities, created_at, updated_at)
  SELECT id, 0, '0123456789ab', 'bench', 1, $3, $2, '{}', 'bench', $8::json, 1, $4, $4 FROM unnest($1::text[]) AS i(id)`;

const updateRow = `UPDATE instance SET status = $3, seq = $2, updated_at = $4, whereabouts = $8::json,
    running_activities = CASE WHEN $3 = 'Completed' THEN 0 ELSE 1 END, completed_at = CASE WHEN $3 = 'Completed' THEN $4::timestamptz END
  WHERE id = ANY($1::text[])`;
