SELECT n.fingerprint, n.kind, n.workflow_key AS "workflowKey", coalesce(w.title, n.workflow_key) AS "workflowTitle", coalesce(w.folder, '') AS folder, n.node, n.title, n.code, n.message,
       n.first_seen_at AS "firstSeenAt", n.last_seen_at AS "lastSeenAt", n.failures, n.open, n.last_instance_id AS "lastInstanceId",
       CASE WHEN n.open = 0 THEN 'resolved' WHEN n.ignored_at IS NOT NULL THEN 'ignored' ELSE 'open' END AS state,
       n.ignored_at AS "ignoredAt", coalesce(u.name, n.ignored_by) AS "ignoredBy", n.ignored_reason AS "ignoredReason"
FROM incident n
LEFT JOIN workflow w ON w.key = n.workflow_key
LEFT JOIN "user" u ON u.id = n.ignored_by
