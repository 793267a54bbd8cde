-- Of each instance ($1): itself, the instances it is a sub-workflow of, and those it and its sub-workflows started. `startedVersion` where it was
-- moved to another version since. $2 sub-workflows at most.
WITH RECURSIVE up AS (
  SELECT id AS root, id, parent_instance_id, workflow_key, version FROM instance WHERE id = ANY ($1::text[])
  UNION
  SELECT up.root, i.id, i.parent_instance_id, i.workflow_key, i.version FROM up JOIN instance i ON i.id = up.parent_instance_id
), down AS (
  SELECT parent_instance_id AS root, id, workflow_key, version FROM instance WHERE parent_instance_id = ANY ($1::text[])
  UNION
  SELECT down.root, i.id, i.workflow_key, i.version FROM down JOIN instance i ON i.parent_instance_id = down.id
), family AS (
  SELECT root, id, workflow_key, version FROM up
  UNION ALL
  SELECT * FROM (SELECT root, id, workflow_key, version FROM down LIMIT $2) AS d
)
SELECT f.root, f.id, f.workflow_key AS "workflowKey", f.version, (e.data ->> 'version')::int AS "startedVersion"
FROM family f
LEFT JOIN history_event e ON e.instance_id = f.id AND e.seq = 1 AND e.type = 'ExecutionStarted'
