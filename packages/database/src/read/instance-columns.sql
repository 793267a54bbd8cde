SELECT i.id, i.workflow_key AS "workflowKey", coalesce(w.title, i.workflow_key) AS "workflowTitle", coalesce(w.folder, '') AS folder, i.version,
       CASE WHEN i.status = 'Running' AND i.running_activities = 0 THEN 'Waiting' ELSE i.status END AS status,
       i.status AS "storedStatus", i.whereabouts, i.tags, i.started_by AS "startedBy", coalesce(u.name, i.started_by) AS "startedByName",
       i.parent_instance_id AS "parentInstanceId", i.parent_step AS "parentStep", i.custom_status AS "customStatus",
       i.execution_id AS "executionId", i.seq, i.partition, i.created_at AS "createdAt", i.updated_at AS "updatedAt", i.completed_at AS "completedAt"
FROM instance i
LEFT JOIN workflow w ON w.key = i.workflow_key
LEFT JOIN "user" u ON u.id = i.started_by
