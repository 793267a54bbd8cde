-- The other workers that own partitions and announced a session: whether it is there. Whoever gets its lock, for the moment of this statement and
-- beside others who try, knows that it is not. $1 the worker that looks.
SELECT w.presence::text AS presence, NOT pg_try_advisory_xact_lock_shared(w.presence) AS held,
  extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 * 1000 AS up_ms
FROM worker w
WHERE w.presence IS NOT NULL AND w.id <> $1 AND w.id IN (SELECT owner FROM "partition")
