-- What the histories tell of a person's ($1) way through the guide: their runs of its sample ($2), newest first, with what was found in each.
-- Kept once and for all in guide_mark, so that purging a run takes nothing back.
WITH run AS (
  SELECT recent.id, recent.created_at
  FROM (
    SELECT i.id, i.started_by, i.version, i.created_at
    FROM instance i
    WHERE i.workflow_key = $2
    ORDER BY i.created_at DESC, i.id DESC
    LIMIT 1000
  ) recent
  WHERE recent.started_by = $1 AND recent.version > 0
  ORDER BY recent.created_at DESC, recent.id DESC
  LIMIT 20
), happened AS (
  SELECT e.instance_id, e.seq, e.type, e.at, e.data
  FROM run
  JOIN history_event e ON e.instance_id = run.id AND e.seq <= 5000
  WHERE e.type IN ('TaskScheduled', 'TaskCompleted', 'TimerFired', 'HumanTaskCreated', 'HumanTaskDecided', 'ExecutionCompleted',
                   'ExecutionRewound', 'VersionMigrated')
), failure AS (
  SELECT instance_id, seq, at FROM happened WHERE type = 'ExecutionCompleted' AND data ->> 'status' = 'Failed'
), found (mark, instance_id, at) AS (
  SELECT 'ran', id, created_at FROM run
  UNION ALL
  SELECT 'approved', instance_id, at FROM happened WHERE type = 'HumanTaskDecided' AND data ->> 'by' = $1
  UNION ALL
  -- It was unfinished when the installation started, and has taken a step since.
  SELECT 'resumed', h.instance_id, h.at
  FROM guide_restart r
  JOIN happened h ON h.instance_id = r.instance_id AND h.seq > r.seq
  WHERE h.type IN ('TaskScheduled', 'TaskCompleted', 'TimerFired', 'HumanTaskCreated', 'HumanTaskDecided')
  UNION ALL
  SELECT 'failed', instance_id, at FROM failure
  UNION ALL
  -- It failed, was taken back or moved to a mended version, and the step came to its end.
  SELECT 'mended', h.instance_id, h.at
  FROM failure f
  JOIN happened back ON back.instance_id = f.instance_id AND back.seq > f.seq AND back.type IN ('ExecutionRewound', 'VersionMigrated')
  JOIN happened h ON h.instance_id = f.instance_id AND h.seq > back.seq AND h.type = 'TaskCompleted'
), kept AS (
  INSERT INTO guide_mark (user_id, mark, instance_id, at)
  SELECT DISTINCT ON (mark) $1, mark, instance_id, at FROM found ORDER BY mark, at
  ON CONFLICT DO NOTHING
)
SELECT run.id, EXISTS (SELECT FROM failure f WHERE f.instance_id = run.id) AS "hasFailed"
FROM run
ORDER BY run.created_at DESC, run.id DESC
