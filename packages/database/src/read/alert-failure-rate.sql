-- $1 seconds, $2 workflow or null. Test runs do not count. Whole minutes that are counted already come from the read model; what is before the
-- first of them and since the last is counted here, through instance_ended_idx.
WITH span AS (
  SELECT since, whole, greatest(whole, coalesce((SELECT at FROM monitor_cursor WHERE name = 'stats'), whole)) AS counted
  FROM (SELECT since, date_bin('1 minute', since, '2000-01-01') + interval '1 minute' AS whole
        FROM (SELECT now() - $1 * interval '1 second' AS since) AS asked) AS minutes
), told AS (
  SELECT coalesce(sum(s.completed + s.failed), 0) AS finished, coalesce(sum(s.failed), 0) AS failed
  FROM span, instance_stat s
  WHERE s.minutes = 1 AND s.at >= span.whole AND s.at < span.counted AND ($2::text IS NULL OR s.workflow_key = $2)
), found AS (
  SELECT count(*) AS finished, count(*) FILTER (WHERE i.status = 'Failed') AS failed
  FROM span, instance i
  WHERE ((i.completed_at >= span.since AND i.completed_at < span.whole) OR i.completed_at >= span.counted)
    AND i.workflow_key NOT LIKE '@%'
    AND i.status IN ('Completed', 'Failed')
    AND ($2::text IS NULL OR i.workflow_key = $2)
    AND NOT i.tags @> ARRAY['perdure:test']
)
SELECT (told.finished + found.finished)::int AS "finished", (told.failed + found.failed)::int AS "failed" FROM told, found
