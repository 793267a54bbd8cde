-- $1 channels, $2 at most, $3 milliseconds for which others leave them alone. $4 and $5, side by side: places and how many of each; of every
-- other place $6. A place is the host a webhook goes to; all mails go to one. The places are walked along the index, not the notices.
WITH RECURSIVE place AS (
  (SELECT CASE channel WHEN 'webhook' THEN split_part(recipient, '/', 3) ELSE '' END AS name
   FROM notice WHERE sent_at IS NULL AND failed_at IS NULL
   ORDER BY 1 LIMIT 1)
  UNION ALL
  SELECT (SELECT CASE n.channel WHEN 'webhook' THEN split_part(n.recipient, '/', 3) ELSE '' END
          FROM notice n
          WHERE n.sent_at IS NULL AND n.failed_at IS NULL
            AND CASE n.channel WHEN 'webhook' THEN split_part(n.recipient, '/', 3) ELSE '' END > place.name
          ORDER BY 1 LIMIT 1)
  FROM place WHERE place.name IS NOT NULL
), roomy AS (
  SELECT place.name, coalesce(room.most, $6::int) AS most
  FROM place LEFT JOIN unnest($4::text[], $5::int[]) AS room (name, most) ON room.name = place.name
  WHERE place.name IS NOT NULL
), due AS (
  SELECT found.id
  FROM roomy
  CROSS JOIN LATERAL (
    SELECT n.id, n.due_at
    FROM notice n
    WHERE n.sent_at IS NULL AND n.failed_at IS NULL AND n.due_at <= now() AND n.channel = ANY ($1::text[])
      AND CASE n.channel WHEN 'webhook' THEN split_part(n.recipient, '/', 3) ELSE '' END = roomy.name
    ORDER BY n.due_at, n.id
    LIMIT roomy.most
    FOR UPDATE SKIP LOCKED
  ) AS found
  WHERE roomy.most > 0
  ORDER BY found.due_at, found.id
  LIMIT $2
)
UPDATE notice AS n
SET attempts = n.attempts + 1, due_at = now() + $3 * interval '1 millisecond'
FROM due
WHERE n.id = due.id
RETURNING n.id, n.kind, n.channel, n.recipient, n.subject, n.text, n.html, n.body, n.signing, n.created_at AS "createdAt", n.attempts,
  CASE n.channel WHEN 'webhook' THEN split_part(n.recipient, '/', 3) ELSE '' END AS place
