-- $1 actor, $2 actions, $3 target, $4 from, $5 before, $6 pattern of a text, $7 below this id, $8 above this id, $9 at most.
SELECT page.*, who.name AS "actorName", whom.name AS "targetName"
FROM (
  SELECT
    e.id, e.at, e.actor, e.action, e.target, e.detail, e.before, e.after, e.reason, e.request_id AS "requestId", e.address, e.outcome,
    e.hash, e.position
  FROM audit_entry AS e
  WHERE ($1::text IS NULL OR e.actor = $1)
    AND ($2::text[] IS NULL OR e.action = ANY ($2))
    AND ($3::text IS NULL OR e.target = $3)
    AND ($4::timestamptz IS NULL OR e.at >= $4)
    AND ($5::timestamptz IS NULL OR e.at < $5)
    AND ($6::text IS NULL
      OR concat_ws(' ', e.action, e.target, e.reason, e.request_id, e.address, e.detail, e.before, e.after) ILIKE $6)
    AND ($7::bigint IS NULL OR e.id < $7)
    AND ($8::bigint IS NULL OR e.id > $8)
  ORDER BY id /*direction*/
  LIMIT $9
) AS page
LEFT JOIN "user" AS who ON who.id = page.actor
LEFT JOIN "user" AS whom ON page.target = 'user:' || whom.id
ORDER BY id /*direction*/
