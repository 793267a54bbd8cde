SELECT i.id, split_part(i.id, '@', 2) AS name, substring(i.id FROM 3 + length(split_part(i.id, '@', 2))) AS key, (i.whereabouts -> 'entity' ->> 'version')::int AS version,
       i.custom_status AS state,
       (i.whereabouts -> 'entity' ->> 'exists')::boolean AS "exists",
       i.whereabouts -> 'entity' -> 'lockedBy' AS "lockedBy",
       (i.whereabouts -> 'entity' ->> 'queued')::int AS queued,
       coalesce(i.whereabouts -> 'entity' -> 'waiting', '[]') AS waiting,
       (i.whereabouts -> 'entity' ->> 'delayed')::int AS delayed,
       (i.whereabouts -> 'entity' ->> 'lastOperationAt')::float8 AS "lastOperationAt",
       i.execution_id AS "executionId", i.seq, i.checkpoint_seq AS "checkpointSeq", i.partition, i.created_at AS "createdAt"
FROM instance i
