/*columns*/
FROM human_task t
LEFT JOIN workflow w ON w.key = t.workflow_key
WHERE t.id = ANY ($5::text[]) AND /*visible*/
