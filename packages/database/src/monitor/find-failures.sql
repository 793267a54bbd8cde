-- Failed instances whose failure is not known yet, the one that failed longest ago first.
SELECT i.id, i.completed_at AS "failedAt", i.created_at AS "createdAt", i.workflow_key AS "workflowKey", i.tags @> ARRAY['perdure:test'] AS "isTest",
       coalesce(w.node, '') AS node, coalesce(w.title, '') AS title, coalesce(w.code, '') AS code, coalesce(w.detail, '') AS message
FROM instance i
LEFT JOIN LATERAL json_to_record(i.whereabouts) AS w(node text, title text, code text, detail text) ON true
WHERE i.status = 'Failed' AND i.workflow_key NOT LIKE '@%' AND i.completed_at > $1 AND i.completed_at <= $2
  AND NOT EXISTS (SELECT 1 FROM instance_failure f WHERE f.instance_id = i.id AND f.failed_at = i.completed_at)
ORDER BY i.completed_at LIMIT $3
