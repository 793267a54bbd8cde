-- The next running instances of a partition, in the order of the index for its takeover, whose condition is repeated; and whether what is
-- written of each is of another state.
WITH portion AS MATERIALIZED (
  SELECT id, seq, status, workflow_key FROM instance
  WHERE partition = $1 AND id > $2 AND status IN ('Pending', 'Running', 'Suspended')
  ORDER BY id LIMIT $3
)
SELECT i.id, i.status = 'Running' AND i.workflow_key NOT LIKE '@%' AND s.seq IS DISTINCT FROM i.seq AS differs
FROM portion i LEFT JOIN LATERAL (SELECT seq FROM instance_standing WHERE instance_id = i.id) AS s ON true
ORDER BY i.id
