-- Messages nobody can take up. One snapshot sees either a child's start message or the row it made, so that what was sent to a child
-- right after its start waits for it. $1 message ids.
DELETE FROM message m
WHERE m.message_id = ANY($1::text[])
  AND NOT EXISTS (SELECT 1 FROM instance i WHERE i.id = m.instance_id AND i.status IN ('Pending', 'Running', 'Suspended'))
  AND NOT EXISTS (SELECT 1 FROM message s WHERE s.message_id = 'start:' || m.instance_id AND s.instance_id = m.instance_id AND s.id < m.id)
