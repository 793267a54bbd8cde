-- What went in and came out of the current executions of these instances: the event that started each and, once finished, the event that ended it.
SELECT i.id,
       started.data -> 'input' AS input,
       ended.data -> 'output' AS output,
       ended.data -> 'failure' AS failure
FROM instance i
LEFT JOIN LATERAL (
  SELECT h.data FROM history_event h
  WHERE h.instance_id = i.id AND h.type = 'ExecutionStarted' AND h.data ->> 'executionId' = i.execution_id
  ORDER BY h.seq LIMIT 1
) started ON true
LEFT JOIN history_event ended
  ON ended.instance_id = i.id AND ended.seq = i.seq AND ended.type IN ('ExecutionCompleted', 'ExecutionTerminated')
WHERE i.id = ANY ($1::text[])
