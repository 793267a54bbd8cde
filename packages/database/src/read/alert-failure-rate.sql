-- $1 seconds, $2 workflow or null. Test runs do not count. instance_ended_idx finds the instances of the window.
SELECT
  count(*)::int AS "finished",
  (count(*) FILTER (WHERE status = 'Failed'))::int AS "failed"
FROM instance
WHERE completed_at >= now() - $1 * interval '1 second'
  AND workflow_key NOT LIKE '@%'
  AND status IN ('Completed', 'Failed')
  AND ($2::text IS NULL OR workflow_key = $2)
  AND NOT tags @> ARRAY['perdure:test']
