-- In the order of the ids' bytes, which instance_entity_id_idx has. There is deliberately no index on the moment of the last operation:
-- it would make every operation write to all indexes of the row. $1 to $2 is the range of a name or prefix, $3 the last id of the page before.
WHERE i.workflow_key LIKE '@%' AND i.id ~>=~ $1 AND i.id ~<~ $2 AND ($3::text IS NULL OR i.id ~>~ $3)
AND ($4::float8 IS NULL OR (i.whereabouts -> 'entity' ->> 'lastOperationAt')::float8 >= $4)
AND ($5::float8 IS NULL OR (i.whereabouts -> 'entity' ->> 'lastOperationAt')::float8 <= $5)
AND ($6 OR (i.whereabouts -> 'entity' ->> 'exists')::boolean)
ORDER BY i.id USING ~<~
LIMIT $7
