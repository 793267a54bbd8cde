-- Takes partitions that are free, run out, or (when forced) anybody's. FOR UPDATE waits for commits in flight (they hold KEY SHARE)
-- and makes later ones of the old owner see the raised epoch. $1 worker, $2 partitions, $3 lease ms, $4 force.
-- A partition that was released has no owner: only work whose worker vanished counts a claim.
WITH free AS (
  SELECT id, owner FROM "partition"
  WHERE id = ANY($2::int[]) AND ($4 OR owner IS NULL OR lease_until < now())
  ORDER BY id FOR UPDATE
), taken AS (
  UPDATE "partition" p SET owner = $1, epoch = p.epoch + 1, lease_until = now() + $3 * interval '1 millisecond'
  FROM free WHERE p.id = free.id
  RETURNING p.id, p.epoch, free.owner AS abandoned_by
), claims AS (
  UPDATE instance SET claims = claims + 1
  FROM taken WHERE taken.abandoned_by IS NOT NULL AND instance.partition = taken.id AND instance.running_activities > 0
    AND instance.status IN ('Pending', 'Running', 'Suspended') -- as in the index instance_live_by_partition_idx
)
SELECT id, epoch FROM taken
