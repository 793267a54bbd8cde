-- $1 whose attempt, $2 how many are free, $3 for how many ms it is locked after them. A lock that has passed begins the count anew.
INSERT INTO sign_in_lock AS l (key, failures, last_at)
VALUES ($1, 1, now())
ON CONFLICT (key) DO UPDATE SET
  failures = CASE
    WHEN l.locked_until > now() THEN l.failures
    WHEN l.locked_until IS NOT NULL OR l.last_at < now() - $3::float8 * interval '1 ms' THEN 1
    ELSE l.failures + 1
  END,
  locked_until = CASE
    WHEN l.locked_until > now() THEN l.locked_until
    WHEN l.locked_until IS NULL AND l.last_at >= now() - $3::float8 * interval '1 ms' AND l.failures >= $2::int
      THEN now() + $3::float8 * interval '1 ms'
    ELSE NULL
  END,
  last_at = now()
RETURNING greatest(0, coalesce(extract(epoch FROM locked_until - now()) * 1000, 0))::float8 AS "waitMs"
