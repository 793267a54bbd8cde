-- A process that owns no partition stores what it accepted: Pending rows with their start messages, and other messages. One commit.
WITH started AS (
  INSERT INTO instance (id, partition, execution_id, workflow_key, version, status, seq, tags, started_by)
  SELECT s.id, s.partition, s.execution_id, s.workflow_key, s.version, 'Pending', 0, s.tags::text[], s.started_by
  FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[])
       AS s(id, partition, execution_id, workflow_key, version, tags, started_by)
  ON CONFLICT (id) DO NOTHING
  RETURNING id
), start_messages AS (
  INSERT INTO message (partition, instance_id, message_id, body)
  SELECT m.partition, m.id, m.message_id, m.body::json
  FROM unnest($1::text[], $2::int[], $8::text[], $9::text[]) AS m(id, partition, message_id, body) JOIN started USING (id)
), messages AS (
  INSERT INTO message (partition, instance_id, message_id, body)
  SELECT m.partition, m.id, m.message_id, m.body::json
  FROM unnest($10::int[], $11::text[], $12::text[], $13::text[]) AS m(partition, id, message_id, body)
  ON CONFLICT (message_id) DO NOTHING
)
SELECT id FROM started
