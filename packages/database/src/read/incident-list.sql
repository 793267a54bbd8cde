WHERE ($1::text[] IS NULL OR n.workflow_key = ANY ($1))
  AND ($2::text[] IS NULL OR CASE WHEN n.open = 0 THEN 'resolved' WHEN n.ignored_at IS NOT NULL THEN 'ignored' ELSE 'open' END = ANY ($2))
  AND ($3::text IS NULL OR n.message ILIKE $3 OR n.code ILIKE $3 OR n.title ILIKE $3)
ORDER BY n.last_seen_at DESC, n.fingerprint LIMIT $4
