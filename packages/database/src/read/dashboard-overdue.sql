SELECT count(*)::int AS value FROM (
  SELECT 1 FROM human_task WHERE status = 'open' AND due_at < now() AND ($1::text[] IS NULL OR workflow_key = ANY ($1)) LIMIT 10001
) AS t
