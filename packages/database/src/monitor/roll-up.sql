-- Stretches of $2 minutes of those of $1 minutes, for all that touch the time from $3 to $4.
WITH span AS (
  SELECT date_bin(make_interval(mins => $2::int), $3::timestamptz, '2000-01-01') AS since,
         date_bin(make_interval(mins => $2::int), $4::timestamptz, '2000-01-01') + make_interval(mins => $2::int) AS until
), finer AS (
  SELECT s.*, date_bin(make_interval(mins => $2::int), s.at, '2000-01-01') AS stretch
  FROM instance_stat s, span WHERE s.minutes = $1::smallint AND s.at >= span.since AND s.at < span.until
), sampled AS (
  -- The last that were sampled: with nothing standing there is no sample, and nothing stands.
  SELECT stretch, max(at) FILTER (WHERE running > 0 OR waiting > 0) AS last FROM finer GROUP BY stretch
), instances AS (
  INSERT INTO instance_stat AS s (minutes, at, workflow_key, started, completed, failed, terminated, running, waiting)
  SELECT $2::smallint, f.stretch, f.workflow_key, sum(started), sum(completed), sum(failed), sum(terminated),
         coalesce(sum(running) FILTER (WHERE at = last), 0), coalesce(sum(waiting) FILTER (WHERE at = last), 0)
  FROM finer f JOIN sampled USING (stretch) GROUP BY f.stretch, f.workflow_key
  ON CONFLICT (minutes, at, workflow_key) DO UPDATE SET
    started = greatest(s.started, excluded.started), completed = greatest(s.completed, excluded.completed),
    failed = greatest(s.failed, excluded.failed), terminated = greatest(s.terminated, excluded.terminated),
    running = excluded.running, waiting = excluded.waiting
)
INSERT INTO duration_stat AS d (minutes, at, workflow_key, step, instances)
SELECT $2::smallint, date_bin(make_interval(mins => $2::int), s.at, '2000-01-01'), s.workflow_key, s.step, sum(s.instances)
FROM duration_stat s, span WHERE s.minutes = $1::smallint AND s.at >= span.since AND s.at < span.until GROUP BY 2, 3, 4
ON CONFLICT (minutes, at, workflow_key, step) DO UPDATE SET instances = greatest(d.instances, excluded.instances)
