-- Everything that belongs to finished instances. $1 ids, $2 statuses that may go.
WITH gone AS (
  DELETE FROM instance WHERE id = ANY($1::text[]) AND status = ANY($2::text[]) RETURNING id
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
)
SELECT id FROM gone
