-- One group commit: one statement, one round trip, one transaction.
-- Items are fenced by epoch (owned), guarded by seq (stepped) or by the primary key (created); everything else is written only for items that passed.
WITH item AS (
  SELECT * FROM unnest(
    $1::int[], $2::int[], $3::text[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::int[], $10::float8[], $11::bool[], $12::int[],
    $13::bool[], $14::text[], $15::text[], $16::int[], $17::text[], $18::text[], $19::text[], $20::text[]
  ) AS t(partition, epoch, id, base_seq, seq, status, custom_status, whereabouts, running, at, final, checkpoint_seq,
         creates, execution_id, workflow_key, version, tags, started_by, parent_instance_id, parent_step)
), owned AS MATERIALIZED (
  SELECT p.id, p.epoch FROM "partition" p WHERE p.id IN (SELECT partition FROM item) ORDER BY p.id FOR KEY SHARE
), live AS MATERIALIZED (
  SELECT item.* FROM item JOIN owned ON owned.id = item.partition AND owned.epoch = item.epoch
), stepped AS (
  UPDATE instance i SET
    status = live.status,
    seq = live.seq,
    custom_status = live.custom_status::json,
    whereabouts = live.whereabouts::json,
    running_activities = live.running,
    checkpoint_seq = coalesce(live.checkpoint_seq, i.checkpoint_seq),
    updated_at = to_timestamp(live.at / 1000.0),
    completed_at = CASE WHEN live.final THEN to_timestamp(live.at / 1000.0) END
  FROM live
  WHERE NOT live.creates AND i.id = live.id AND i.seq = live.base_seq AND i.execution_id = live.execution_id
  RETURNING i.id
), created AS (
  INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, seq, tags, started_by, parent_instance_id, parent_step,
                        custom_status, whereabouts, running_activities, checkpoint_seq, created_at, updated_at, completed_at)
  SELECT id, partition, execution_id, workflow_key, version, status, seq, tags::text[], started_by, parent_instance_id, parent_step,
         custom_status::json, whereabouts::json, running, coalesce(checkpoint_seq, 0),
         to_timestamp(at / 1000.0), to_timestamp(at / 1000.0), CASE WHEN final THEN to_timestamp(at / 1000.0) END
  FROM live WHERE creates
  ON CONFLICT (id) DO NOTHING
  RETURNING id
), passed AS MATERIALIZED (
  SELECT id FROM stepped UNION ALL SELECT id FROM created
), events AS (
  INSERT INTO history_event (instance_id, seq, type, at, data)
  SELECT e.id, e.seq, e.type, to_timestamp(e.at / 1000.0), e.data::json
  FROM unnest($21::text[], $22::int[], $23::text[], $24::float8[], $25::text[]) AS e(id, seq, type, at, data) JOIN passed USING (id)
), checkpoints AS (
  INSERT INTO checkpoint (instance_id, seq, state)
  SELECT c.id, c.seq, c.state::json FROM unnest($26::text[], $27::int[], $28::text[]) AS c(id, seq, state) JOIN passed USING (id)
), timers_set AS (
  INSERT INTO timer (instance_id, timer_id, partition, fire_at)
  SELECT t.id, t.timer_id, t.partition, to_timestamp(t.fire_at / 1000.0)
  FROM unnest($29::text[], $30::text[], $31::int[], $32::float8[]) AS t(id, timer_id, partition, fire_at) JOIN passed USING (id)
), timers_cleared AS (
  DELETE FROM timer USING (
    SELECT t.id, t.timer_id FROM unnest($33::text[], $34::text[]) AS t(id, timer_id) JOIN passed USING (id)
  ) gone WHERE timer.instance_id = gone.id AND timer.timer_id = gone.timer_id
), messages_out AS (
  INSERT INTO message (partition, instance_id, message_id, body)
  SELECT m.partition, m.receiver, m.message_id, m.body::json
  FROM unnest($35::text[], $36::int[], $37::text[], $38::text[], $39::text[]) AS m(id, partition, receiver, message_id, body) JOIN passed USING (id)
  ON CONFLICT (message_id) DO NOTHING
), messages_consumed AS (
  DELETE FROM message USING (
    SELECT m.message_id FROM unnest($40::text[], $41::text[]) AS m(id, message_id) JOIN passed USING (id)
  ) gone WHERE message.message_id = gone.message_id
), messages_refused AS (
  UPDATE message SET refusal = refused.refusal::json FROM (
    SELECT m.message_id, m.refusal FROM unnest($42::text[], $43::text[], $44::text[]) AS m(id, message_id, refusal) JOIN passed USING (id)
  ) refused WHERE message.message_id = refused.message_id
), tasks_opened AS (
  INSERT INTO human_task (id, instance_id, execution_id, step, node, workflow_key, version, title, description, context, candidates, priority,
                          form_schema, outcomes, due_at, deadline_at, created_at, status, outcome, data, comment, decided_by, closed_at)
  SELECT o.id, t.id, o.execution_id, o.step, o.node, o.workflow_key, o.version, o.title, o.description, o.context, o.candidates, o.priority,
         o.form_schema, o.outcomes, to_timestamp(o.due_at / 1000.0), to_timestamp(o.deadline_at / 1000.0), to_timestamp(o.created_at / 1000.0),
         coalesce(o.status, 'open'), o.outcome, o.data, o.comment, o.decided_by, to_timestamp(o.closed_at / 1000.0)
  FROM unnest($45::text[], $46::text[]) AS t(id, body) JOIN passed USING (id)
  CROSS JOIN LATERAL json_to_record(t.body::json) AS o(
    id text, execution_id text, step text, node text, workflow_key text, version int, title text, description text, context json, candidates text[],
    priority int, form_schema json, outcomes json, due_at float8, deadline_at float8, created_at float8,
    status text, outcome text, data json, comment text, decided_by text, closed_at float8)
), tasks_assigned AS (
  UPDATE human_task h SET assignee = a.assignee, claimed_at = CASE WHEN a.assignee IS NULL THEN NULL ELSE to_timestamp(a.at / 1000.0) END
  FROM (SELECT t.* FROM unnest($47::text[], $48::text[], $49::text[], $50::float8[]) AS t(id, task_id, assignee, at) JOIN passed USING (id)) a
  WHERE h.id = a.task_id
), tasks_closed AS (
  UPDATE human_task h SET
    status = o.status, outcome = o.outcome, data = o.data, comment = o.comment, decided_by = o.decided_by, closed_at = to_timestamp(o.closed_at / 1000.0),
    assignee = coalesce(o.assignee, h.assignee), claimed_at = coalesce(to_timestamp(o.claimed_at / 1000.0), h.claimed_at)
  FROM unnest($51::text[], $52::text[]) AS t(id, body) JOIN passed USING (id)
  CROSS JOIN LATERAL json_to_record(t.body::json) AS o(
    id text, status text, outcome text, data json, comment text, decided_by text, closed_at float8, assignee text, claimed_at float8)
  WHERE h.id = o.id
)
-- IN and not EXISTS: this one is hashed whatever the planner expects, that one reads the whole CTE for each row.
SELECT id, id IN (SELECT id FROM passed) AS passed FROM live
