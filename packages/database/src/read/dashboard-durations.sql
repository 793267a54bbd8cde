SELECT at, step, sum(instances)::int AS instances
FROM duration_stat
WHERE minutes = $1::smallint AND at >= $2 AND ($3::text[] IS NULL OR workflow_key = ANY ($3))
GROUP BY at, step
