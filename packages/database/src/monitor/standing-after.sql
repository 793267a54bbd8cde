-- The next of those that are said to stand, and whether they run no more.
WITH portion AS MATERIALIZED (
  SELECT instance_id, created_at FROM instance_standing WHERE instance_id > $1 ORDER BY instance_id LIMIT $2
)
SELECT p.instance_id AS id, i.id IS NULL AS differs
FROM portion p
LEFT JOIN LATERAL (SELECT id FROM instance WHERE id = p.instance_id AND status = 'Running' AND created_at = p.created_at) AS i ON true
ORDER BY p.instance_id
