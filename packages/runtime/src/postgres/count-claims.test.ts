import { instanceId, stepKey } from '@perdure/engine';
import { startTestPostgres, type TestPostgres } from '@perdure/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UnfinishedAttempt } from '../ports/durable-store.ts';
import { countClaimsStatement } from './count-claims.ts';

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startTestPostgres();
});

afterAll(() => postgres.stop());

/** A page of a takeover, one half of it from an owner that vanished. */
const page = Array.from({ length: 500 }, (_, i): UnfinishedAttempt => ({
  instanceId: instanceId(`i-${i}`),
  executionId: 'x',
  step: stepKey('work#1'),
  attempt: 1,
  releases: 0,
  finder: { type: 'owner', partition: i % 64, epoch: 1, knownFrom: i % 2, vanished: i % 2 === 1 },
}));

it('counts a page without reading one list again for each row of another, and no table from end to end', async () => {
  const { text, values } = countClaimsStatement(page, 3);
  const client = new pg.Client({
    connectionString: postgres.url,
    options: '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off',
  });
  await client.connect();
  try {
    await client.query('UPDATE "partition" SET epoch = 1');
    // The plan that counts is that of a table with rows: one known to be empty is joined in whichever order comes first.
    await client.query(`INSERT INTO activity_claim (instance_id, execution_id, step, attempt, releases, claims, mark)
      SELECT 'i' || n, 'e', 's', 1, 0, 2, 'died' FROM generate_series(1, 20000) n`);
    await client.query('ANALYZE activity_claim');
    const { rows } = await client.query<Record<'QUERY PLAN', string>>(`EXPLAIN ${text}`, values);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    const lookups = plan.match(/ANY \([^)]*= \(?[^)]*SubPlan \d+\)/g) ?? [];
    expect(lookups).not.toEqual([]);
    for (const lookup of lookups) expect(lookup).toContain('hashed SubPlan');
    expect(plan).not.toContain('Seq Scan');
    expect(plan).not.toContain('Join Filter');
  } finally {
    await client.end();
  }
});
