-- The history in at most $2 stretches of equal length: where each begins and ends, and what failed in it.
SELECT min(seq) AS "firstSeq", max(seq) AS "lastSeq",
       (extract(epoch FROM min(at)) * 1000)::float8 AS "firstAt", (extract(epoch FROM max(at)) * 1000)::float8 AS "lastAt",
       (count(*) FILTER (WHERE failed))::int AS failures, min(seq) FILTER (WHERE failed) AS "firstFailure"
FROM (
  SELECT h.seq, h.at, ((h.seq - 1)::bigint * $2::int / i.seq) AS stretch,
         h.type IN ('TaskFailed', 'StepFailed', 'SubOrchestrationInstanceFailed', 'EntityOperationFailed') AS failed
  FROM instance i
  JOIN history_event h ON h.instance_id = i.id AND h.seq <= i.seq
  WHERE i.id = $1
) event
GROUP BY stretch
ORDER BY stretch
