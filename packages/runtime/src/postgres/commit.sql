-- One group commit: one statement, one round trip, one transaction; put together by commit-statement.ts of the parts a batch needs.
-- `-- part:` begins a piece that is there when all the named parts are; $names are the batch's columns, `$name::list` one text joined by
-- the unit separator (JSON holds no control characters, so nothing needs escaping; an empty element is NULL).
-- Items are fenced by epoch (owned, live), guarded by the messages they consume, which must still be there (live), and by seq (stepped) or by
-- the primary key (created); everything else is written only for items that passed. Membership is asked as `(x IN (SELECT …)) IS TRUE`, never joined: the planner knows nothing about the size of these
-- lists and would read one of them for every row of another; this form it can only hash.
-- Answers how many items passed; only when some did not, what became of each whose partition is still the item's.
WITH item AS (
  SELECT * FROM unnest($item_id::text[], $item_partition::int[], $item_epoch::int[]) AS t(id, partition, epoch)
), owned AS MATERIALIZED (
  SELECT p.id::int, p.epoch FROM "partition" p WHERE p.id = ANY($partitions::smallint[]) ORDER BY p.id FOR KEY SHARE
), live AS MATERIALIZED (
  SELECT id FROM item WHERE ((partition, epoch) IN (SELECT id, epoch FROM owned)) IS TRUE
-- part: messages
    AND (id IN (
      SELECT c.id FROM unnest($consumed_instance::text[], $consumed_message::text[]) AS c(id, message_id)
      WHERE (c.message_id IN (SELECT message_id FROM message WHERE message_id = ANY($consumed_message::text[]))) IS NOT TRUE
    )) IS NOT TRUE
-- part: stepped
), stepped AS (
  UPDATE instance i SET
-- part: stepped migrated
    (version, versions) = (
      SELECT coalesce(m.version, i.version),
             CASE WHEN m.id IS NULL THEN i.versions
                  ELSE (coalesce(i.versions::jsonb, jsonb_build_array(jsonb_build_object('version', i.version, 'afterSeq', 0))) || m.versions::jsonb)::json END
      FROM (SELECT 1) one
      LEFT JOIN unnest($migrated_id::text[], $migrated_version::int[], $migrated_versions::list) AS m(id, version, versions) ON m.id = i.id
    ),
-- part: stepped
    status = s.status,
    seq = s.seq,
    custom_status = s.custom_status::json,
    whereabouts = s.whereabouts::json,
    running_activities = s.running,
    checkpoint_seq = coalesce(s.checkpoint_seq, i.checkpoint_seq),
    updated_at = to_timestamp(s.at / 1000.0),
    completed_at = CASE WHEN s.final AND s.seq = i.seq THEN i.completed_at WHEN s.final THEN to_timestamp(s.at / 1000.0) END
  FROM (
    SELECT * FROM unnest(
      $step_id::text[], $step_execution::text[], $step_base_seq::int[], $step_seq::int[], $step_status::text[], $step_custom_status::list,
      $step_whereabouts::list, $step_running::int[], $step_at::float8[], $step_final::bool[], $step_checkpoint_seq::int[]
    ) AS t(id, execution_id, base_seq, seq, status, custom_status, whereabouts, running, at, final, checkpoint_seq)
    WHERE (t.id IN (SELECT id FROM live)) IS TRUE
  ) s
  WHERE i.id = s.id AND i.seq = s.base_seq AND i.execution_id = s.execution_id
  RETURNING i.id
-- part: created
), created AS (
  INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, seq, tags, started_by, parent_instance_id, parent_step,
                        custom_status, whereabouts, running_activities, checkpoint_seq, created_at, updated_at, completed_at)
  SELECT id, partition, execution_id, workflow_key, version, status, seq, tags::text[], started_by, parent_instance_id, parent_step,
         custom_status::json, whereabouts::json, running, coalesce(checkpoint_seq, 0),
         to_timestamp(at / 1000.0), to_timestamp(at / 1000.0), CASE WHEN final THEN to_timestamp(at / 1000.0) END
  FROM unnest(
    $create_id::text[], $create_partition::int[], $create_execution::text[], $create_workflow::text[], $create_version::int[],
    $create_status::text[], $create_seq::int[], $create_tags::text[], $create_started_by::text[], $create_parent::text[],
    $create_parent_step::text[], $create_custom_status::list, $create_whereabouts::list, $create_running::int[], $create_at::float8[],
    $create_final::bool[], $create_checkpoint_seq::int[]
  ) AS t(id, partition, execution_id, workflow_key, version, status, seq, tags, started_by, parent_instance_id, parent_step,
         custom_status, whereabouts, running, at, final, checkpoint_seq)
  WHERE (t.id IN (SELECT id FROM live)) IS TRUE
  ON CONFLICT (id) DO NOTHING
  RETURNING id
-- part: always
), passed AS MATERIALIZED (
-- part: stepped
  SELECT id FROM stepped
-- part: stepped created
  UNION ALL
-- part: created
  SELECT id FROM created
-- part: always
), events AS (
  INSERT INTO history_event (instance_id, seq, type, at, data)
  SELECT id, seq, type, to_timestamp(at / 1000.0), data::json
  FROM unnest($event_id::text[], $event_seq::int[], $event_type::text[], $event_at::float8[], $event_data::list) AS t(id, seq, type, at, data)
  WHERE (t.id IN (SELECT id FROM passed)) IS TRUE
-- part: checkpoints
), checkpoints AS (
  INSERT INTO checkpoint (instance_id, seq, state)
  SELECT id, seq, state::json FROM unnest($checkpoint_id::text[], $checkpoint_seq::int[], $checkpoint_state::list) AS t(id, seq, state)
  WHERE (t.id IN (SELECT id FROM passed)) IS TRUE
-- part: timers
), timers_set AS (
  INSERT INTO timer (instance_id, timer_id, partition, fire_at)
  SELECT id, timer_id, partition, to_timestamp(fire_at / 1000.0)
  FROM unnest($timer_instance::text[], $timer_id::text[], $timer_partition::int[], $timer_fire_at::float8[]) AS t(id, timer_id, partition, fire_at)
  WHERE (t.id IN (SELECT id FROM passed)) IS TRUE
), timers_cleared AS (
  DELETE FROM timer USING (
    SELECT * FROM unnest($cleared_instance::text[], $cleared_timer::text[]) AS t(id, timer_id) WHERE (t.id IN (SELECT id FROM passed)) IS TRUE
  ) gone WHERE timer.instance_id = gone.id AND timer.timer_id = gone.timer_id
-- part: messages
), messages_out AS (
  INSERT INTO message (partition, instance_id, message_id, body)
  SELECT partition, receiver, message_id, body::json
  FROM unnest($out_sender::text[], $out_partition::int[], $out_receiver::text[], $out_message::text[], $out_body::list)
       AS t(id, partition, receiver, message_id, body)
  WHERE (t.id IN (SELECT id FROM passed)) IS TRUE
  ON CONFLICT (message_id) DO NOTHING
), messages_consumed AS (
  DELETE FROM message USING (
    SELECT * FROM unnest($consumed_instance::text[], $consumed_message::text[]) AS t(id, message_id) WHERE (t.id IN (SELECT id FROM passed)) IS TRUE
  ) gone WHERE message.message_id = gone.message_id
), messages_refused AS (
  UPDATE message SET refusal = refused.refusal::json FROM (
    SELECT * FROM unnest($refused_instance::text[], $refused_message::text[], $refused_refusal::list) AS t(id, message_id, refusal)
    WHERE (t.id IN (SELECT id FROM passed)) IS TRUE
  ) refused WHERE message.message_id = refused.message_id
-- part: tasks
), tasks_opened AS (
  INSERT INTO human_task (id, instance_id, execution_id, step, node, workflow_key, version, title, description, context, candidates, priority,
                          form_schema, outcomes, due_at, deadline_at, created_at, status, outcome, data, comment, decided_by, closed_at,
                          rule, schedule, assignee, claimed_at, holders, holder_ids, votes, voter_ids, free_seats, escalated_at)
  SELECT o.id, t.id, o.execution_id, o.step, o.node, o.workflow_key, o.version, o.title, o.description, o.context, o.candidates, o.priority,
         o.form_schema, o.outcomes, to_timestamp(o.due_at / 1000.0), to_timestamp(o.deadline_at / 1000.0), to_timestamp(o.created_at / 1000.0),
         coalesce(o.status, 'open'), o.outcome, o.data, o.comment, o.decided_by, to_timestamp(o.closed_at / 1000.0),
         o.rule, o.schedule, o.assignee, to_timestamp(o.claimed_at / 1000.0), o.holders, coalesce(o.holder_ids, '{}'), o.votes, coalesce(o.voter_ids, '{}'),
         o.free_seats, to_timestamp(o.escalated_at / 1000.0)
  FROM unnest($opened_instance::text[], $opened_body::list) AS t(id, body)
  CROSS JOIN LATERAL json_to_record(t.body::json) AS o(
    id text, execution_id text, step text, node text, workflow_key text, version int, title text, description text, context json, candidates text[],
    priority int, form_schema json, outcomes json, due_at float8, deadline_at float8, created_at float8,
    status text, outcome text, data json, comment text, decided_by text, closed_at float8,
    rule json, schedule json, assignee text, claimed_at float8, holders json, holder_ids text[], votes json, voter_ids text[], free_seats int,
    escalated_at float8)
  WHERE (t.id IN (SELECT id FROM passed)) IS TRUE
  -- A task that the failure of its instance had closed is open again, and whose it was it is.
  ON CONFLICT (id) DO UPDATE SET status = excluded.status, outcome = excluded.outcome, data = excluded.data, comment = excluded.comment,
    decided_by = excluded.decided_by, closed_at = excluded.closed_at, node = excluded.node, version = excluded.version, deadline_at = excluded.deadline_at, schedule = excluded.schedule,
    holders = coalesce(excluded.holders, human_task.holders), votes = coalesce(excluded.votes, human_task.votes),
    holder_ids = CASE WHEN excluded.holders IS NULL THEN human_task.holder_ids ELSE excluded.holder_ids END,
    voter_ids = CASE WHEN excluded.votes IS NULL THEN human_task.voter_ids ELSE excluded.voter_ids END,
    free_seats = CASE WHEN excluded.holders IS NULL THEN human_task.free_seats ELSE excluded.free_seats END,
    escalated_at = coalesce(excluded.escalated_at, human_task.escalated_at)
), tasks_changed AS (
  -- `changed` false: only closed. A task that closes keeps the name of who had it last.
  UPDATE human_task h SET
    status = coalesce(o.status, 'open'), outcome = o.outcome, data = o.data, comment = o.comment, decided_by = o.decided_by,
    closed_at = to_timestamp(o.closed_at / 1000.0),
    assignee = CASE WHEN o.changed AND (o.assignee IS NOT NULL OR o.status IS NULL) THEN o.assignee ELSE h.assignee END,
    claimed_at = CASE WHEN o.changed AND (o.assignee IS NOT NULL OR o.status IS NULL) THEN to_timestamp(o.claimed_at / 1000.0) ELSE h.claimed_at END,
    node = coalesce(o.node, h.node),
    version = coalesce(o.version, h.version),
    holders = CASE WHEN o.changed THEN o.holders ELSE h.holders END,
    holder_ids = CASE WHEN o.changed THEN o.holder_ids ELSE h.holder_ids END,
    votes = CASE WHEN o.changed THEN o.votes ELSE h.votes END,
    voter_ids = CASE WHEN o.changed THEN o.voter_ids ELSE h.voter_ids END,
    free_seats = CASE WHEN o.changed THEN o.free_seats ELSE h.free_seats END,
    candidates = CASE WHEN o.changed THEN o.candidates ELSE h.candidates END,
    priority = CASE WHEN o.changed THEN o.priority ELSE h.priority END,
    escalated_at = CASE WHEN o.changed THEN to_timestamp(o.escalated_at / 1000.0) ELSE h.escalated_at END
  FROM unnest($changed_instance::text[], $changed_body::list) AS t(id, body)
  CROSS JOIN LATERAL json_to_record(t.body::json) AS o(
    id text, status text, outcome text, data json, comment text, decided_by text, closed_at float8, changed boolean, node text, version int, assignee text, claimed_at float8,
    holders json, holder_ids text[], votes json, voter_ids text[], free_seats int, candidates text[], priority int, escalated_at float8)
  WHERE (t.id IN (SELECT id FROM passed)) IS TRUE AND h.id = o.id
), tasks_told AS (
  INSERT INTO human_task_change (task_id, from_seq, seq)
  SELECT task_id, from_seq, seq
  FROM unnest($told_instance::text[], $told_task::text[], $told_from::int[], $told_seq::int[]) AS t(id, task_id, from_seq, seq)
  WHERE (t.id IN (SELECT id FROM passed)) IS TRUE
  ON CONFLICT DO NOTHING
-- part: always
)
SELECT n AS stored, CASE WHEN n < cardinality($item_id::text[]) THEN (
  SELECT json_object_agg(i.id, CASE WHEN i.id IN (SELECT id FROM passed) THEN 'stored' WHEN i.id IN (SELECT id FROM live) THEN 'conflict' ELSE 'message-gone' END)
  FROM item i JOIN owned o ON o.id = i.partition AND o.epoch = i.epoch
) END AS verdicts
FROM (SELECT count(*)::int AS n FROM passed) counted
