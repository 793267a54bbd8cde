-- What nothing will wake. $1 workflows, null = all. Counted up to 10,001.
SELECT count(*)::int AS value FROM (
  SELECT 1 FROM instance_standing WHERE stuck IS NOT NULL AND NOT is_test AND ($1::text[] IS NULL OR workflow_key = ANY ($1)) LIMIT 10001
) AS s
