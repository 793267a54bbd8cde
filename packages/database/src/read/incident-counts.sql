SELECT count(*) FILTER (WHERE open > 0 AND ignored_at IS NULL)::int AS open, count(*) FILTER (WHERE open = 0)::int AS resolved,
       count(*) FILTER (WHERE open > 0 AND ignored_at IS NOT NULL)::int AS ignored
FROM incident WHERE $1::text[] IS NULL OR workflow_key = ANY ($1)
