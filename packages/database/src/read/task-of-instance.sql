/*columns*/
FROM human_task t
LEFT JOIN workflow w ON w.key = t.workflow_key
WHERE t.instance_id = $5 AND /*visible*/
ORDER BY t.created_at, t.id
