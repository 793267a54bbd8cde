-- How long what completed between two full minutes took, by minute, workflow and step of the scale (duration-scale.ts).
INSERT INTO duration_stat AS s (minutes, at, workflow_key, step, instances)
SELECT 1, date_bin('1 minute', completed_at, '2000-01-01'), workflow_key,
       floor(2 * log(2, greatest(1, extract(epoch FROM completed_at - created_at) * 1000)::numeric))::smallint, count(*)
FROM instance
WHERE workflow_key NOT LIKE '@%' AND NOT tags @> ARRAY['perdure:test'] AND status = 'Completed' AND completed_at IS NOT NULL
  AND completed_at >= $1::timestamptz AND completed_at < $2::timestamptz
GROUP BY 2, 3, 4
ON CONFLICT (minutes, at, workflow_key, step) DO UPDATE SET instances = greatest(s.instances, excluded.instances)
