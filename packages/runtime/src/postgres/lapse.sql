-- Ends the leases of workers whose announced session is gone ($1), and forgets them: a heartbeat that is still fresh would be given a share.
-- A worker that announced another session meanwhile, or none, is left alone: the row it changed is read again under this statement's lock, and
-- an announcement that comes later waits for it, after which the worker finds its leases run out. Nothing else is done to anybody here: taking
-- the partitions is the business of claims, which find them run out.
WITH gone AS (
  DELETE FROM worker WHERE presence = ANY($1::bigint[]) AND pg_try_advisory_xact_lock_shared(presence) RETURNING id
), left_behind AS (
  -- In the order in which takeovers lock them.
  SELECT id FROM "partition" WHERE owner IN (SELECT id FROM gone) AND lease_until >= now() ORDER BY id FOR NO KEY UPDATE
)
UPDATE "partition" p SET lease_until = now() - interval '1 millisecond' FROM left_behind WHERE p.id = left_behind.id
