-- New failures and what they make of their incidents, in one statement: a failure is counted exactly when it becomes known.
-- A failure in an incident that was ignored, or has none open any more, opens it again as its `open` says; ignoring stays.
WITH known AS (
  INSERT INTO instance_failure (instance_id, failed_at, created_at, workflow_key, node, title, code, message, fingerprint)
  SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
  ON CONFLICT DO NOTHING
  RETURNING *
)
INSERT INTO incident AS n (fingerprint, kind, workflow_key, node, title, code, message, first_seen_at, last_seen_at, failures, open, last_instance_id)
SELECT fingerprint, 'failure', max(workflow_key), max(node), (array_agg(title ORDER BY failed_at DESC))[1], max(code),
       (array_agg(message ORDER BY failed_at DESC))[1], min(failed_at), max(failed_at), count(*), count(*), (array_agg(instance_id ORDER BY failed_at DESC))[1]
FROM known WHERE fingerprint IS NOT NULL GROUP BY fingerprint
ON CONFLICT (fingerprint) DO UPDATE SET
  failures = n.failures + excluded.failures, open = n.open + excluded.open,
  first_seen_at = least(n.first_seen_at, excluded.first_seen_at), last_seen_at = greatest(n.last_seen_at, excluded.last_seen_at),
  title = CASE WHEN excluded.last_seen_at >= n.last_seen_at THEN excluded.title ELSE n.title END,
  message = CASE WHEN excluded.last_seen_at >= n.last_seen_at THEN excluded.message ELSE n.message END,
  last_instance_id = CASE WHEN excluded.last_seen_at >= n.last_seen_at THEN excluded.last_instance_id ELSE n.last_instance_id END
RETURNING fingerprint
