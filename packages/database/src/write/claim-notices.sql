-- $1 channels, $2 at most, $3 milliseconds for which others leave them alone.
WITH due AS (
  SELECT id
  FROM notice
  WHERE sent_at IS NULL AND failed_at IS NULL AND due_at <= now() AND channel = ANY ($1::text[])
  ORDER BY due_at, id
  LIMIT $2
  FOR UPDATE SKIP LOCKED
)
UPDATE notice AS n
SET attempts = n.attempts + 1, due_at = now() + $3 * interval '1 millisecond'
FROM due
WHERE n.id = due.id
RETURNING n.id, n.kind, n.channel, n.recipient, n.subject, n.text, n.html, n.body, n.signing, n.created_at AS "createdAt", n.attempts
