-- How many run and wait, into the minute $1.
INSERT INTO instance_stat (minutes, at, workflow_key, running, waiting)
SELECT 1, $1::timestamptz, workflow_key, count(*) FILTER (WHERE NOT waiting), count(*) FILTER (WHERE waiting)
FROM instance_standing WHERE NOT is_test GROUP BY workflow_key
ON CONFLICT (minutes, at, workflow_key) DO UPDATE SET running = excluded.running, waiting = excluded.waiting
