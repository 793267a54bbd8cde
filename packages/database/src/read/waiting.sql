-- What waits in the whole installation. Each count stops early, so that asking stays cheap when much does.
SELECT
  (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM
    (SELECT created_at FROM message WHERE refusal IS NULL ORDER BY id LIMIT 10001) AS m) AS "oldestMessageSeconds",
  (SELECT count(*)::int FROM (SELECT 1 FROM message WHERE refusal IS NULL LIMIT 10001) AS m) AS messages,
  (SELECT count(*)::int FROM (SELECT 1 FROM timer
    WHERE partition = ANY(ARRAY(SELECT id FROM "partition")) AND fire_at <= now() LIMIT 10001) AS t) AS "timersDue",
  (SELECT count(*)::int FROM (SELECT 1 FROM human_task WHERE status = 'open' LIMIT 10001) AS h) AS "openTasks",
  (SELECT count(*)::int FROM (SELECT 1 FROM instance
    WHERE status IN ('Pending', 'Running', 'Suspended') LIMIT 100001) AS i) AS "liveInstances"
