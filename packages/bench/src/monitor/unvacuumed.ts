/**
 * `instance` as it is long after it was last vacuumed, which is how it mostly is: the newest instances, among which parts of ids are looked for, have
 * ended since, and of the running ones one in eight has moved. 39,000 of a million rows, each written as the engine writes it: what ends leaves its
 * row and every index entry behind, what goes on stays on its page. No row says anything else afterwards.
 */
import type pg from 'pg';

const newest = 20_000;

export async function whileUnvacuumed<Result>(client: pg.Client, measure: () => Promise<Result>): Promise<Result> {
  // Autovacuum would come between two measurements, or not.
  await client.query('ALTER TABLE instance SET (autovacuum_enabled = false)');
  try {
    await vacuum(client);
    await client.query(
      `CREATE TEMP TABLE touched AS
       (SELECT id FROM instance WHERE workflow_key NOT LIKE '@%' ORDER BY created_at DESC, id DESC LIMIT ${newest})
       UNION (SELECT id FROM instance WHERE status = 'Running' AND hashtext(id) % 8 = 0)`,
    );
    for (const sign of ['+', '-'])
      await client.query(
        `UPDATE instance SET completed_at = completed_at ${sign} interval '1 microsecond' WHERE id IN (SELECT id FROM touched)`,
      );
    await client.query('DROP TABLE touched');
    // That it was written in two seconds is the bench's own: the disk is done with it before anything is measured.
    await client.query('CHECKPOINT');
    return await measure();
  } finally {
    await client.query('ALTER TABLE instance RESET (autovacuum_enabled)');
  }
}

/** All of it. What a few pages hold is left to the next time otherwise, and those pages stay unread by indexes alone. */
export async function vacuum(client: pg.Client): Promise<void> {
  await client.query('VACUUM (INDEX_CLEANUP ON, ANALYZE) instance');
}
