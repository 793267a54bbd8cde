-- The instance's head, and events after $2 as one JSON array of [seq, type, at in epoch ms, data]: a value to read instead of a row each.
-- At most $3 events, and none more once $4 bytes of stored data have been reached.
SELECT i.seq AS "headSeq", i.execution_id AS "executionId", i.status AS "storedStatus",
       CASE WHEN i.status = 'Running' AND i.running_activities = 0 THEN 'Waiting' ELSE i.status END AS status,
       h.events
FROM instance i
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_array(seq, type, (extract(epoch FROM at) * 1000)::bigint, data) ORDER BY seq)::text AS events
  FROM (
    SELECT page.*, sum(pg_column_size(data)) OVER (ORDER BY seq) - pg_column_size(data) AS bytes_before
    FROM (SELECT seq, type, at, data FROM history_event WHERE instance_id = i.id AND seq > $2::int ORDER BY seq LIMIT $3::int) page
  ) counted
  WHERE bytes_before < $4::int
) h ON true
WHERE i.id = $1
