-- The page is found first, by narrow rows; what is shown is read for it alone.
WITH page AS MATERIALIZED (
  SELECT t.id, /*keys*/
  FROM human_task t /*join*/
  WHERE /*visible*/ AND /*view*/
    AND /*text*/
    AND ($6::text IS NULL OR t.workflow_key = $6)
    AND (NOT $7::boolean OR coalesce(t.due_at, 'infinity'::timestamptz) < now())
    AND ($8::int IS NULL OR - t.priority <= - $8::int)
    AND /*after*/
  ORDER BY /*order*/
  LIMIT $9
)
/*columns*/, page.key1::text AS key1, page.key2::text AS key2
FROM page
JOIN human_task t ON t.id = page.id
LEFT JOIN workflow w ON w.key = t.workflow_key
ORDER BY /*shown*/
