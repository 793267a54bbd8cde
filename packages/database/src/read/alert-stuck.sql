-- $1 seconds, $2 workflow or null. Counted to 10,000. What is stuck is kept by the read models of the monitor.
SELECT count(*)::int AS "instances" FROM (
  SELECT 1
  FROM instance_standing
  WHERE stuck IS NOT NULL AND since < now() - $1 * interval '1 second' AND ($2::text IS NULL OR workflow_key = $2) AND NOT is_test
  LIMIT 10000
) AS stuck
