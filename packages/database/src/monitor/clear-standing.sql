-- Of these, the ones that do not run any more.
DELETE FROM instance_standing s
WHERE s.instance_id = ANY ($1::text[])
  AND NOT EXISTS (SELECT 1 FROM instance i WHERE i.id = s.instance_id AND i.status = 'Running' AND i.created_at = s.created_at)
RETURNING 1 AS changed
