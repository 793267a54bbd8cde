-- Finished instances that a rule lets go, put together by retention-rules.ts and retention-batches.ts.

-- What is due. @workflow: which workflows the rule is for. Walked in the order of creation, which the lists have indexes for: what finished
-- before a moment began before it.

-- part: due
i.status = :status::text AND i.workflow_key NOT LIKE '@%' AND i.created_at <= now() - make_interval(days => :days::int)
  AND i.completed_at <= now() - make_interval(days => :days::int) AND @workflow
-- part: of workflow
i.workflow_key = :workflow::text
-- part: of all without their own
NOT EXISTS (SELECT 1 FROM retention_rule o WHERE o.status = i.status AND o.workflow_key = i.workflow_key)
-- part: child runs
EXISTS (SELECT 1 FROM instance c WHERE c.parent_instance_id = i.id AND c.status IN ('Pending', 'Running', 'Suspended'))

-- part: unreadable
EXISTS (SELECT 1 FROM retention_unreadable u WHERE u.instance_id = i.id AND u.execution_id = i.execution_id AND u.seq = i.seq)
-- part: unreadable lately
-- Somebody may have mended it since.
EXISTS (SELECT 1 FROM retention_unreadable u
  WHERE u.instance_id = i.id AND u.execution_id = i.execution_id AND u.seq = i.seq AND u.found_at > now() - interval '1 day')

-- part: preview
SELECT count(*) FILTER (WHERE NOT judged.held)::int AS due, count(*) FILTER (WHERE judged.held)::int AS held,
       count(*) FILTER (WHERE NOT judged.held AND judged.unreadable)::int AS unreadable,
       min(judged.completed_at) FILTER (WHERE NOT judged.held) AS oldest
FROM (SELECT i.completed_at, @held AS held, @unreadable AS unreadable FROM instance i WHERE @due) AS judged
-- part: sample
SELECT i.id, i.workflow_key AS "workflowKey", coalesce(w.title, i.workflow_key) AS "workflowTitle", i.status, i.completed_at AS "completedAt"
FROM instance i LEFT JOIN workflow w ON w.key = i.workflow_key
WHERE @due AND NOT @held ORDER BY i.created_at, i.id LIMIT :limit::int

-- part: plan
WITH next AS (
  SELECT i.id, i.execution_id, i.seq, i.created_at FROM instance i
  WHERE @due AND NOT @held AND NOT (:archive::boolean AND @lately) ORDER BY i.created_at, i.id LIMIT :limit::int
), counted AS (
  SELECT next.*, sum(seq) OVER (ORDER BY created_at, id) - seq AS before FROM next
), chosen AS (
  SELECT array_agg(id ORDER BY created_at, id) AS ids, array_agg(execution_id ORDER BY created_at, id) AS executions,
         array_agg(seq ORDER BY created_at, id) AS seqs, count(*)::int AS instances
  FROM counted WHERE before < :events::int
)
INSERT INTO retention_batch (id, rule_id, workflow_key, status, archive, revision, instance_ids, execution_ids, seqs, instances)
SELECT :batch::uuid, r.id, r.workflow_key, r.status, r.archive, r.revision, chosen.ids, chosen.executions, chosen.seqs, chosen.instances
FROM retention_rule r, chosen
WHERE r.id = :rule::uuid AND r.revision = :revision::int AND chosen.instances > 0
ON CONFLICT DO NOTHING
RETURNING id

-- Working on one. Everything but looking at it names the attempt.

-- part: take up
UPDATE retention_batch SET attempt = attempt + 1 WHERE finished_at IS NULL RETURNING id
-- part: batch
SELECT b.id, b.rule_id AS "ruleId", b.workflow_key AS "workflowKey", b.status, b.archive, b.revision, b.created_at AS "createdAt", b.attempt,
       b.instance_ids AS ids, b.execution_ids AS "executionIds", b.seqs, b.instances, b.file, b.file_bytes::float8 AS "fileBytes"
FROM retention_batch b WHERE b.id = :batch::uuid AND b.finished_at IS NULL
-- part: goes on
SELECT 1 FROM retention_batch b JOIN retention_rule r ON r.id = b.rule_id AND r.revision = b.revision
WHERE b.id = :batch::uuid AND b.attempt = :attempt::int AND b.finished_at IS NULL
-- part: record file
UPDATE retention_batch
SET file = :file::text, file_bytes = :bytes::bigint, instance_ids = :ids::text[], execution_ids = :executions::text[], seqs = :seqs::int[]
WHERE id = :batch::uuid AND attempt = :attempt::int AND finished_at IS NULL AND file IS NULL RETURNING id
-- part: finish
WITH ended AS (
  UPDATE retention_batch b
  SET finished_at = clock_timestamp(), instance_ids = '{}', execution_ids = '{}', seqs = '{}',
      purged = cardinality(b.instance_ids) - (SELECT count(*)::int FROM instance i WHERE i.id = ANY (b.instance_ids))
  WHERE b.id = :batch::uuid AND b.attempt = :attempt::int AND b.finished_at IS NULL
  RETURNING b.rule_id, b.purged
), told AS (
  UPDATE retention_rule r SET purged = r.purged + ended.purged, ran_at = clock_timestamp(), trouble = NULL FROM ended WHERE r.id = ended.rule_id
)
SELECT purged FROM ended
-- part: keep unreadable
INSERT INTO retention_unreadable (instance_id, rule_id, execution_id, seq, why)
SELECT u.* FROM unnest(:ids::text[], array_fill(:rule::uuid, ARRAY[cardinality(:ids::text[])]), :executions::text[], :seqs::int[], :whys::text[]) u
ON CONFLICT (instance_id) DO UPDATE
SET rule_id = excluded.rule_id, execution_id = excluded.execution_id, seq = excluded.seq, why = excluded.why, found_at = clock_timestamp()
-- part: forget unreadable
DELETE FROM retention_unreadable u WHERE NOT EXISTS
  (SELECT 1 FROM instance i WHERE i.id = u.instance_id AND i.execution_id = u.execution_id AND i.seq = u.seq)
-- part: looked
UPDATE retention_rule SET ran_at = clock_timestamp(), trouble = :trouble::text WHERE id = :rule::uuid AND revision = :revision::int
