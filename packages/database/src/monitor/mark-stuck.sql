-- What was found out of where instances stand; then the incidents of those that are stuck newly.
WITH found AS (
  SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[]) AS t(id, seq, cause, fingerprint, message)
), marked AS (
  UPDATE instance_standing s SET stuck = f.cause, fingerprint = f.fingerprint
  FROM found f WHERE s.instance_id = f.id AND s.seq = f.seq AND s.stuck IS DISTINCT FROM f.cause
  RETURNING s.instance_id, s.workflow_key, s.node, s.title, s.stuck, s.fingerprint, s.is_test, f.message
)
INSERT INTO incident AS n (fingerprint, kind, workflow_key, node, title, code, message, first_seen_at, last_seen_at, failures, open, last_instance_id)
SELECT fingerprint, 'stuck', max(workflow_key), max(node), max(title), max(stuck), max(message), now(), now(), count(*), count(*), max(instance_id)
FROM marked WHERE fingerprint IS NOT NULL AND NOT is_test GROUP BY fingerprint
ON CONFLICT (fingerprint) DO UPDATE SET failures = n.failures + excluded.failures, open = n.open + excluded.open, last_seen_at = excluded.last_seen_at,
  title = excluded.title, message = excluded.message, last_instance_id = excluded.last_instance_id
RETURNING fingerprint
