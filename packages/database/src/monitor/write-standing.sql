-- Where these running instances stand now. An older observation never overwrites a newer one; what stands where it stood keeps its `since`.
INSERT INTO instance_standing AS s
  (instance_id, seq, workflow_key, created_at, is_test, waiting, kind, event, node, title, detail, since, until)
SELECT i.id, i.seq, i.workflow_key, i.created_at, i.tags @> ARRAY['perdure:test'], i.running_activities = 0,
       coalesce(w.kind, 'none'),
       -- The words of waits-for.ts; the name stands between its quotes.
       CASE WHEN w.kind = 'event' THEN substring(w.detail FROM '“(.*)”') END,
       coalesce(w.node, ''), coalesce(w.title, ''), coalesce(w.detail, ''), i.updated_at,
       CASE WHEN w.until IS NOT NULL THEN to_timestamp(w.until / 1000.0) END
FROM instance i
LEFT JOIN LATERAL json_to_record(i.whereabouts) AS w(kind text, node text, title text, detail text, until float8) ON true
WHERE i.id = ANY ($1::text[]) AND i.status = 'Running' AND i.workflow_key NOT LIKE '@%'
ON CONFLICT (instance_id) DO UPDATE SET
  seq = excluded.seq, created_at = excluded.created_at, is_test = excluded.is_test, waiting = excluded.waiting, kind = excluded.kind,
  event = excluded.event, node = excluded.node, title = excluded.title, detail = excluded.detail, until = excluded.until,
  workflow_key = excluded.workflow_key,
  since = CASE WHEN (s.kind, s.node, s.waiting, s.created_at) = (excluded.kind, excluded.node, excluded.waiting, excluded.created_at)
               THEN s.since ELSE excluded.since END,
  stuck = CASE WHEN s.seq = excluded.seq THEN s.stuck END,
  fingerprint = CASE WHEN s.seq = excluded.seq THEN s.fingerprint END
WHERE s.seq <> excluded.seq OR s.created_at <> excluded.created_at OR s.waiting <> excluded.waiting
RETURNING 1 AS changed
