-- A page of an instance's human tasks: the open ones first, each in the order they came. $6 one step, or null; $7 to $9 the place behind which
-- the page begins, or null; $10 how many. The page is found by narrow rows; what is shown is read for it alone.
WITH page AS MATERIALIZED (
  SELECT t.id, (t.status <> 'open')::int AS key1, t.created_at AS key2
  FROM human_task t
  WHERE t.instance_id = $5 AND /*visible*/
    AND ($6::text IS NULL OR t.step = $6)
    AND ($7::int IS NULL OR ((t.status <> 'open')::int, t.created_at, t.id) > ($7::int, $8::timestamptz, $9::text))
  ORDER BY 2, 3, 1
  LIMIT $10
)
/*columns*/, page.key1::text AS key1, page.key2::text AS key2
FROM page
JOIN human_task t ON t.id = page.id
LEFT JOIN workflow w ON w.key = t.workflow_key
ORDER BY page.key1, page.key2, page.id
