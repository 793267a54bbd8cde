-- The instance's head beside each event; one row without an event when there is nothing after $2.
SELECT i.seq AS "headSeq", i.execution_id AS "executionId", i.status AS "storedStatus",
       CASE WHEN i.status = 'Running' AND i.running_activities = 0 THEN 'Waiting' ELSE i.status END AS status,
       h.seq, h.type, h.at, h.data
FROM instance i
LEFT JOIN LATERAL (
  SELECT seq, type, at, data FROM history_event
  WHERE instance_id = i.id AND seq > $2::int
  ORDER BY seq LIMIT $3::int
) h ON true
WHERE i.id = $1
ORDER BY h.seq
