-- Before the first turn of an installation that has just been started, and after the last one of whoever ran it before: where the unfinished
-- runs of the guide's sample ($1) stand. The first stop of a run is the one that counts. Runs that were purged are forgotten.
WITH gone AS (
  DELETE FROM guide_restart r WHERE NOT EXISTS (SELECT FROM instance i WHERE i.id = r.instance_id)
)
INSERT INTO guide_restart (instance_id, seq)
SELECT recent.id, recent.seq
FROM (
  SELECT i.id, i.seq, i.status, i.version
  FROM instance i
  WHERE i.workflow_key = $1
  ORDER BY i.created_at DESC, i.id DESC
  LIMIT 1000
) recent
WHERE recent.status IN ('Pending', 'Running') AND recent.version > 0
ON CONFLICT DO NOTHING
