-- Everything that belongs to finished instances. $1 ids, $2 statuses that may go. $3 and $4, by id: the execution and the seq each was seen
-- with; one that is at another by now stays, and so does one with a child that runs. Null: whatever they are.
WITH gone AS (
  DELETE FROM instance
  WHERE id = ANY($1::text[]) AND status = ANY($2::text[])
    AND ($3::text[] IS NULL OR (
      execution_id = ($3::text[])[array_position($1::text[], id)] AND seq = ($4::int[])[array_position($1::text[], id)]
      AND NOT EXISTS (SELECT 1 FROM instance c WHERE c.parent_instance_id = instance.id AND c.status IN ('Pending', 'Running', 'Suspended'))
    ))
  RETURNING id
), events AS (
  DELETE FROM history_event USING gone WHERE history_event.instance_id = gone.id
), checkpoints AS (
  DELETE FROM checkpoint USING gone WHERE checkpoint.instance_id = gone.id
), timers AS (
  DELETE FROM timer USING gone WHERE timer.instance_id = gone.id
), messages AS (
  -- A grant stays: whoever delivers it finds nobody and gives the entities back. What waits for an entity is for its next execution.
  DELETE FROM message USING gone
  WHERE message.instance_id = gone.id AND gone.id NOT LIKE '@%' AND message.body ->> 'type' <> 'GrantLock'
), claims AS (
  DELETE FROM activity_claim USING gone WHERE activity_claim.instance_id = gone.id
), tasks AS (
  DELETE FROM human_task USING gone WHERE human_task.instance_id = gone.id
), failures AS (
  -- Read models. What somebody writes of it at this moment is found by their keeper.
  DELETE FROM instance_failure USING gone WHERE instance_failure.instance_id = gone.id
), standing AS (
  DELETE FROM instance_standing USING gone WHERE instance_standing.instance_id = gone.id
)
SELECT id FROM gone
