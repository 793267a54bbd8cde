-- $1 seconds, $2 workflow or null. Counted to 10,000.
SELECT count(*)::int AS "tasks" FROM (
  SELECT 1
  FROM human_task
  WHERE status = 'open' AND due_at < now() - $1 * interval '1 second' AND ($2::text IS NULL OR workflow_key = $2)
  LIMIT 10000
) AS overdue
