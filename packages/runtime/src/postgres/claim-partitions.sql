-- Takes partitions that are free, run out, or (when forced) anybody's. FOR UPDATE waits for commits in flight (they hold KEY SHARE)
-- and makes later ones of the old owner see the raised epoch. $1 worker, $2 partitions, $3 lease ms, $4 force,
-- $5 writer format: a worker of a lower one than the database's gets nothing (F1). Whoever raises it waits for the share lock, so that nobody
-- gets a partition by a number that was right only when it was read.
-- A partition that was released has no owner; one whose worker vanished still names it, and is told to be abandoned.
WITH admitted AS MATERIALIZED (
  SELECT 1 FROM setting WHERE key = 'writer' AND (value #>> '{}')::int <= $5 FOR SHARE
), free AS (
  SELECT id, owner FROM "partition"
  WHERE EXISTS (SELECT 1 FROM admitted) AND id = ANY($2::int[]) AND ($4 OR owner IS NULL OR lease_until < now())
  ORDER BY id FOR UPDATE
), taken AS (
  UPDATE "partition" p SET owner = $1, epoch = p.epoch + 1, lease_until = now() + $3 * interval '1 millisecond',
    -- For the dashboard: where it came from, and when.
    previous_owner = coalesce(free.owner, p.previous_owner),
    moved_at = CASE WHEN coalesce(free.owner, p.previous_owner) <> $1 THEN now() ELSE p.moved_at END
  FROM free WHERE p.id = free.id
  RETURNING p.id, p.epoch, free.owner AS abandoned_by
)
SELECT id, epoch, abandoned_by IS NOT NULL AS abandoned FROM taken
