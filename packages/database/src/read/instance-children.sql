SELECT id, workflow_key AS "workflowKey", coalesce(parent_step, '') AS step,
       CASE WHEN status = 'Running' AND running_activities = 0 THEN 'Waiting' ELSE status END AS status,
       (SELECT count(*)::int FROM instance grandchild WHERE grandchild.parent_instance_id = i.id) AS children
FROM instance i
WHERE parent_instance_id = $1
ORDER BY created_at, id
LIMIT $2
