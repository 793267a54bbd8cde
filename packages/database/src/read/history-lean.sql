-- Like history.sql, for folding: values over 200 characters are left out, each with its size and where it stands: { $omitted, seq, field }.
SELECT i.seq AS "headSeq", i.execution_id AS "executionId", i.status AS "storedStatus",
       CASE WHEN i.status = 'Running' AND i.running_activities = 0 THEN 'Waiting' ELSE i.status END AS status,
       h.events
FROM instance i
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_array(seq, type, (extract(epoch FROM at) * 1000)::bigint, data) ORDER BY seq)::text AS events
  FROM (
    SELECT seq, type, at,
           CASE WHEN octet_length(data::text) <= 400 THEN data ELSE (
             SELECT json_object_agg(key,
                      CASE WHEN key IN ('input', 'output', 'data', 'items', 'item', 'values', 'status') AND octet_length(value::text) > 200
                           THEN json_build_object('$omitted', octet_length(value::text), 'seq', seq, 'field', key)
                           ELSE value END)
             FROM json_each(data)
           ) END AS data
    FROM (SELECT seq, type, at, data FROM history_event WHERE instance_id = i.id AND seq > $2::int ORDER BY seq LIMIT $3::int) page
  ) lean
) h ON true
WHERE i.id = $1
