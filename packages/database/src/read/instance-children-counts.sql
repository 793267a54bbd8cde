-- How many there are, of the same.
SELECT count(*)::int AS count,
       count(*) FILTER (WHERE status IN ('Pending', 'Running', 'Suspended'))::int AS live,
       count(*) FILTER (WHERE status = 'Failed')::int AS failed
FROM instance
WHERE parent_instance_id = $1 AND ($2::text[] IS NULL OR workflow_key = ANY ($2))
