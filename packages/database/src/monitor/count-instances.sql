-- What happened between two full minutes, $1 and $2, by minute and workflow. Counted anew as often as one likes: a number only ever rises,
-- so that what was purged since stays counted.
INSERT INTO instance_stat AS s (minutes, at, workflow_key, started, completed, failed, terminated)
SELECT 1, at, workflow_key, sum(started), sum(completed), sum(failed), sum(terminated)
FROM (
  SELECT date_bin('1 minute', created_at, '2000-01-01') AS at, workflow_key, count(*) AS started, 0 AS completed, 0 AS failed, 0 AS terminated
  FROM instance
  WHERE workflow_key NOT LIKE '@%' AND NOT tags @> ARRAY['perdure:test'] AND created_at >= $1::timestamptz AND created_at < $2::timestamptz
  GROUP BY 1, 2
  UNION ALL
  SELECT date_bin('1 minute', completed_at, '2000-01-01'), workflow_key, 0, count(*) FILTER (WHERE status = 'Completed'),
         count(*) FILTER (WHERE status = 'Failed'), count(*) FILTER (WHERE status IN ('Terminated', 'Canceled'))
  FROM instance
  WHERE workflow_key NOT LIKE '@%' AND NOT tags @> ARRAY['perdure:test'] AND completed_at IS NOT NULL
    AND completed_at >= $1::timestamptz AND completed_at < $2::timestamptz
  GROUP BY 1, 2
) AS counted
GROUP BY at, workflow_key
ON CONFLICT (minutes, at, workflow_key) DO UPDATE SET
  started = greatest(s.started, excluded.started), completed = greatest(s.completed, excluded.completed),
  failed = greatest(s.failed, excluded.failed), terminated = greatest(s.terminated, excluded.terminated)
