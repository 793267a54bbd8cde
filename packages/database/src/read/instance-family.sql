-- Of each instance ($1): itself, the instances its data come from, and those it and its sub-workflows started and wait for, as far as they are of
-- the workflows $3 or test runs, $2 at most. `startedVersion` where it was moved to another version since.
-- Data come from the instance it is a sub-workflow of, which its id names (child-instance-id.ts) also where nobody waits for it, and from the one it
-- was started again from, which a tag names (reserved-tags.ts).
WITH RECURSIVE up AS (
  SELECT id AS root, id, parent_instance_id, tags, workflow_key, version FROM instance WHERE id = ANY ($1::text[])
  UNION
  SELECT up.root, i.id, i.parent_instance_id, i.tags, i.workflow_key, i.version
  FROM up
  JOIN instance i ON i.id = ANY (ARRAY[
    coalesce(up.parent_instance_id, substring(up.id FROM '^(.+):[A-Za-z_][A-Za-z0-9_]*:[0-9a-f]{16}$')),
    (SELECT substring(t FROM '^perdure:restarted-from:(.+)$') FROM unnest(up.tags) AS t WHERE t LIKE 'perdure:restarted-from:%' LIMIT 1)])
), down AS (
  SELECT parent_instance_id AS root, id, workflow_key, version FROM instance WHERE parent_instance_id = ANY ($1::text[])
  UNION
  SELECT down.root, i.id, i.workflow_key, i.version FROM down JOIN instance i ON i.parent_instance_id = down.id
), family AS (
  SELECT root, id, workflow_key, version FROM up
  UNION ALL
  SELECT * FROM (
    SELECT root, id, workflow_key, version FROM (SELECT * FROM down LIMIT 50000) AS d
    WHERE workflow_key = ANY ($3::text[]) OR version < 1 LIMIT $2) AS marked
)
SELECT f.root, f.id, f.workflow_key AS "workflowKey", f.version, (e.data ->> 'version')::int AS "startedVersion"
FROM family f
LEFT JOIN history_event e ON e.instance_id = f.id AND e.seq = 1 AND e.type = 'ExecutionStarted'
