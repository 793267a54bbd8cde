-- An attempt that was begun in a cell, which died of something: whoever begins it again counts a claim (count-claims.sql), however it came by
-- the partition. One without a row had its first claim only. Repeated, it says the same.
-- $1 instance, $2 execution, $3 step, $4 attempt, $5 releases, $6 partition, $7 epoch (null: of a named queue's delivery).
WITH owned AS MATERIALIZED (
  SELECT p.epoch FROM "partition" p WHERE p.id = $6::smallint FOR KEY SHARE
)
INSERT INTO activity_claim (instance_id, execution_id, step, attempt, releases, claims, mark)
SELECT $1, $2, $3, $4::int, $5::int, 1, 'died'
WHERE $6::smallint IS NULL OR EXISTS (SELECT 1 FROM owned WHERE epoch = $7::int)
ON CONFLICT (instance_id, execution_id, step, attempt, releases) DO UPDATE SET mark = EXCLUDED.mark, claimed_at = now()
