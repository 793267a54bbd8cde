-- The oldest of each unfinished status stand at the ends of one index.
SELECT i.id, i.workflow_key AS "workflowKey", i.whereabouts, i.created_at AS "createdAt",
       CASE WHEN i.status = 'Running' AND i.running_activities = 0 THEN 'Waiting' ELSE i.status END AS status
FROM unnest(ARRAY['Pending', 'Running', 'Suspended']) AS s(status)
CROSS JOIN LATERAL (
  SELECT * FROM instance
  WHERE status = s.status AND workflow_key NOT LIKE '@%' AND ($1::text[] IS NULL OR workflow_key = ANY ($1))
    AND NOT tags @> ARRAY['perdure:test']
  ORDER BY created_at, id LIMIT 1
) AS i
ORDER BY i.created_at LIMIT 1
