SELECT at, sum(started)::int AS started, sum(completed)::int AS completed, sum(failed)::int AS failed, sum(terminated)::int AS terminated,
       sum(running)::int AS running, sum(waiting)::int AS waiting
FROM instance_stat
WHERE minutes = $1::smallint AND at >= $2 AND ($3::text[] IS NULL OR workflow_key = ANY ($3))
GROUP BY at ORDER BY at
