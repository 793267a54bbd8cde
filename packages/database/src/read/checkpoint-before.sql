SELECT seq, state
FROM checkpoint
WHERE instance_id = $1 AND seq <= $2::int
ORDER BY seq DESC
LIMIT 1
