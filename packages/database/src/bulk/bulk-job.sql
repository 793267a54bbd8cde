-- @found in a statement: another one, that gives the ids of what was chosen; @refusal: one of the parts named by an action, which must end
-- without a comment.
-- Why an action would not reach an instance `i`, by action; null: it would. `:workflow` and `:version` are where a migration leads.

-- part: suspend
CASE WHEN i.status NOT IN ('Pending', 'Running', 'Suspended') THEN 'instance.finished' WHEN i.status = 'Suspended' THEN 'instance.already-suspended' END
-- part: resume
CASE WHEN i.status NOT IN ('Pending', 'Running', 'Suspended') THEN 'instance.finished' WHEN i.status <> 'Suspended' THEN 'instance.not-suspended' END
-- part: terminate
CASE WHEN i.status NOT IN ('Pending', 'Running', 'Suspended') THEN 'instance.finished' END
-- part: raiseEvent
CASE WHEN i.status NOT IN ('Pending', 'Running', 'Suspended') THEN 'instance.finished' END
-- part: rewind
CASE WHEN i.status <> 'Failed' THEN 'instance.not-failed' END
-- part: retry
CASE WHEN i.status IN ('Completed', 'Terminated', 'Canceled') THEN 'instance.finished'
     WHEN i.status <> 'Failed' AND coalesce(i.whereabouts ->> 'kind', '') NOT IN ('retry', 'quarantined') THEN 'step.not-waiting' END
-- part: purge
CASE WHEN i.status IN ('Pending', 'Running', 'Suspended') THEN 'instance.not-finished'
     WHEN EXISTS (SELECT 1 FROM instance c WHERE c.parent_instance_id = i.id AND c.status IN ('Pending', 'Running', 'Suspended')) THEN 'instance.children-running' END
-- part: migrate
CASE WHEN i.workflow_key <> :workflow::text THEN 'instance.other-workflow'
     WHEN i.status IN ('Completed', 'Terminated', 'Canceled') THEN 'instance.finished'
     WHEN i.tags @> ARRAY['perdure:test'] THEN 'instance.test-run'
     WHEN i.version = :version::int THEN 'instance.same-version' END

-- part: elsewhere
CASE WHEN i.workflow_key <> ALL (:within::text[]) THEN 'auth.elsewhere' ELSE @refusal END

-- part: count
SELECT judged.refusal, count(*)::int AS value
FROM (SELECT @refusal AS refusal FROM instance i WHERE i.id IN (@found) AND i.created_at <= :asOf::timestamptz) AS judged
GROUP BY 1
-- part: sample
WHERE i.id IN (@found) AND i.created_at <= :asOf::timestamptz AND @refusal IS NULL
ORDER BY i.created_at DESC, i.id DESC LIMIT :limit::int

-- What is made of it: the same instances, frozen.

-- part: freeze
INSERT INTO bulk_item (job_id, position, instance_id)
SELECT :job::uuid, row_number() OVER (ORDER BY chosen.created_at, chosen.id), chosen.id
FROM (SELECT i.id, i.created_at FROM instance i WHERE i.id IN (@found) AND i.created_at <= :asOf::timestamptz AND @refusal IS NULL LIMIT :limit::int) AS chosen

-- Working on it.

-- part: claim
-- One that is paused or stopped is taken up, too, when whoever held it vanished with items underway.
UPDATE bulk_job SET holder = :holder::text, held_until = clock_timestamp() + interval '5 s'
WHERE id = (
  SELECT id FROM bulk_job
  WHERE status IN ('running', 'paused', 'stopped') AND (held_until < clock_timestamp() OR (status = 'running' AND holder IS NULL))
  ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id
-- part: hold
UPDATE bulk_job SET held_until = clock_timestamp() + interval '5 s'
WHERE id = :job::uuid AND holder = :holder::text
RETURNING status
-- part: release
-- With something underway it stays somebody's, but not for long: the next one looks what became of it.
UPDATE bulk_job SET
  holder = CASE WHEN left_underway THEN holder END,
  held_until = CASE WHEN left_underway THEN clock_timestamp() END
FROM (SELECT EXISTS (SELECT 1 FROM bulk_item WHERE job_id = :job::uuid AND state = 'underway') AS left_underway) AS items
WHERE id = :job::uuid AND holder = :holder::text
-- part: take
WITH held AS (
  UPDATE bulk_job SET held_until = clock_timestamp() + interval '5 s'
  WHERE id = :job::uuid AND holder = :holder::text AND status = 'running'
  RETURNING id
), next AS (
  SELECT b.job_id, b.position, b.instance_id FROM bulk_item b
  WHERE b.job_id = (SELECT id FROM held) AND b.state = 'waiting'
  ORDER BY b.position LIMIT :limit::int
), taken AS (
  UPDATE bulk_item b SET state = 'underway', seq = i.seq, tries = b.tries + 1
  FROM next LEFT JOIN instance i ON i.id = next.instance_id
  WHERE b.job_id = next.job_id AND b.position = next.position
  RETURNING b.position, b.instance_id, b.tries, b.seq
)
SELECT t.position, t.instance_id AS "instanceId", t.tries, t.seq, i.workflow_key AS "workflowKey", i.status,
       CASE WHEN i.id IS NULL THEN 'instance.unknown' ELSE @refusal END AS refusal
FROM taken t LEFT JOIN instance i ON i.id = t.instance_id
ORDER BY t.position
-- part: settle
WITH held AS (
  SELECT id FROM bulk_job WHERE id = :job::uuid AND holder = :holder::text FOR UPDATE
), told AS (
  SELECT * FROM unnest(:positions::int[], :states::text[], :codes::text[], :messages::text[]) AS t(position, state, code, message)
), settled AS (
  UPDATE bulk_item b SET state = told.state, code = told.code, message = told.message, settled_at = clock_timestamp()
  FROM told WHERE b.job_id = (SELECT id FROM held) AND b.position = told.position AND b.state = 'underway'
  RETURNING b.state
)
UPDATE bulk_job j SET done = j.done + c.done, skipped = j.skipped + c.skipped, failed = j.failed + c.failed
FROM (SELECT count(*) FILTER (WHERE state = 'done')::int AS done, count(*) FILTER (WHERE state = 'skipped')::int AS skipped,
             count(*) FILTER (WHERE state = 'failed')::int AS failed FROM settled) AS c
WHERE j.id = :job::uuid

-- What a process left underway: what it did to an instance stands in the history behind the item's seq.

-- part: left underway
SELECT b.position, b.tries, i.id IS NOT NULL AS exists,
       EXISTS (SELECT 1 FROM history_event e WHERE e.instance_id = b.instance_id AND e.seq > coalesce(b.seq, 0) AND e.type = ANY (:types::text[])
                 AND e.data ->> 'by' = :by::text
                 AND (CASE WHEN e.type = 'EventRaised' THEN e.data ->> 'id' = 'bulk:' || b.job_id || ':' || b.position
                           ELSE e.data ->> 'reason' = :reason::text END)) AS traced,
       EXISTS (SELECT 1 FROM message m WHERE m.message_id = 'ask:bulk:' || b.job_id || ':' || b.position AND m.refusal IS NULL) AS pending
FROM bulk_item b LEFT JOIN instance i ON i.id = b.instance_id
WHERE b.job_id = :job::uuid AND b.state = 'underway'
-- part: take up again
WITH held AS (
  SELECT id FROM bulk_job WHERE id = :job::uuid AND holder = :holder::text FOR UPDATE
)
UPDATE bulk_item SET state = 'waiting' WHERE job_id = (SELECT id FROM held) AND position = ANY (:positions::int[]) AND state = 'underway'
-- part: retry failed
WITH again AS (
  UPDATE bulk_item SET state = 'waiting', code = NULL, message = NULL, settled_at = NULL, tries = 0
  WHERE job_id = :job::uuid AND state = 'failed' RETURNING 1
)
UPDATE bulk_job SET status = 'running', finished_at = NULL, failed = failed - (SELECT count(*)::int FROM again)
WHERE id = :job::uuid AND (SELECT count(*) FROM again) > 0
RETURNING id
-- part: finish
UPDATE bulk_job SET status = 'finished', finished_at = clock_timestamp(), holder = NULL, held_until = NULL
WHERE id = :job::uuid AND holder = :holder::text AND status = 'running'
  AND NOT EXISTS (SELECT 1 FROM bulk_item WHERE job_id = :job::uuid AND state IN ('waiting', 'underway'))
RETURNING id
-- part: outcomes
SELECT state, code, count(*)::int AS value FROM bulk_item WHERE job_id = :job::uuid GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 20

-- part: became
-- Of the first that it was done to.
SELECT CASE WHEN i.id IS NULL THEN 'Gone' WHEN i.status = 'Running' AND i.running_activities = 0 THEN 'Waiting' ELSE i.status END AS status,
       count(*)::int AS value
FROM (SELECT instance_id FROM bulk_item WHERE job_id = :job::uuid AND state = 'done' ORDER BY position LIMIT :limit::int) AS b
LEFT JOIN instance i ON i.id = b.instance_id
GROUP BY 1 ORDER BY 2 DESC, 1
