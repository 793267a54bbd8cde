-- A page of the sub-workflows that an instance ($1) started, of the workflows $2 (null: all), the oldest first: behind the place $3, $4
-- (null: from the first), at most $5.
SELECT id, workflow_key AS "workflowKey", coalesce(parent_step, '') AS step, created_at AS "createdAt",
       CASE WHEN status = 'Running' AND running_activities = 0 THEN 'Waiting' ELSE status END AS status,
       (SELECT count(*)::int FROM instance grandchild WHERE grandchild.parent_instance_id = i.id) AS children
FROM instance i
WHERE parent_instance_id = $1 AND ($2::text[] IS NULL OR workflow_key = ANY ($2))
  AND ($3::timestamptz IS NULL OR (created_at, id) > ($3::timestamptz, $4::text))
ORDER BY created_at, id
LIMIT $5
