-- Failures of instances that are gone: purging takes them along, but for one that was written at the same moment.
DELETE FROM instance_failure f
WHERE (f.instance_id, f.failed_at) IN (
  SELECT o.instance_id, o.failed_at FROM instance_failure o
  WHERE NOT EXISTS (SELECT 1 FROM instance i WHERE i.id = o.instance_id)
  LIMIT $1
)
RETURNING 1 AS gone
