-- How many instances of these incidents ($1, null = of all) are still failed or stuck, where that is not what is written. What is purged
-- or runs again is not any more.
WITH counted AS (
  SELECT f.fingerprint, count(*) AS open
  FROM instance_failure f
  JOIN instance i ON i.id = f.instance_id AND i.status = 'Failed' AND i.completed_at = f.failed_at AND i.workflow_key NOT LIKE '@%'
  WHERE f.fingerprint IS NOT NULL AND ($1::text[] IS NULL OR f.fingerprint = ANY ($1)) GROUP BY f.fingerprint
  UNION ALL
  SELECT s.fingerprint, count(*)
  FROM instance_standing s JOIN instance i ON i.id = s.instance_id AND i.status = 'Running' AND i.seq = s.seq
  WHERE s.stuck IS NOT NULL AND ($1::text[] IS NULL OR s.fingerprint = ANY ($1)) GROUP BY s.fingerprint
), now_open AS (
  SELECT n.fingerprint, coalesce(c.open, 0) AS open
  FROM incident n LEFT JOIN counted c ON c.fingerprint = n.fingerprint
  WHERE ($1::text[] IS NULL OR n.fingerprint = ANY ($1)) AND n.open <> coalesce(c.open, 0)
)
UPDATE incident n SET open = o.open FROM now_open o WHERE n.fingerprint = o.fingerprint
RETURNING n.fingerprint
