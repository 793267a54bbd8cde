-- The distinct actors and actions there are. Each step jumps over all entries of one value, through its index: the cost follows the number of
-- values, not of entries.
WITH RECURSIVE actors AS (
  SELECT min(actor) AS actor FROM audit_entry
  UNION ALL
  SELECT (SELECT min(e.actor) FROM audit_entry AS e WHERE e.actor > a.actor) FROM actors AS a WHERE a.actor IS NOT NULL
), actions AS (
  SELECT min(action) AS action FROM audit_entry
  UNION ALL
  SELECT (SELECT min(e.action) FROM audit_entry AS e WHERE e.action > a.action) FROM actions AS a WHERE a.action IS NOT NULL
)
SELECT
  ARRAY(SELECT action FROM actions WHERE action IS NOT NULL) AS "actions",
  (SELECT coalesce(json_agg(json_build_object('id', a.actor, 'name', u.name) ORDER BY u.name NULLS LAST, a.actor), '[]')
    FROM (SELECT actor FROM actors WHERE actor IS NOT NULL LIMIT 1000) AS a LEFT JOIN "user" AS u ON u.id = a.actor) AS "actors"
