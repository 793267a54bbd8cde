-- Why nothing will wake these instances, where that is so: what they wait for is not there any more. `seq` says of which state that was seen.
-- Not asked of those that moved in the last ten seconds: what one turn decides for another instance may still be on its way.
-- Each is looked up by its key: as EXISTS, the planner would rather read all timers and tasks there are, once per portion.
-- Gives the whole portion, so that the caller sees where it ends.
WITH portion AS MATERIALIZED (
  SELECT * FROM instance_standing WHERE instance_id > $1 AND waiting ORDER BY instance_id LIMIT $3
), still AS MATERIALIZED (
  SELECT i.id, i.seq FROM portion p JOIN instance i ON i.id = p.instance_id
  WHERE i.status = 'Running' AND i.running_activities = 0 AND i.seq = p.seq AND i.updated_at < now() - interval '10 s'
)
SELECT s.instance_id AS id, s.seq, s.workflow_key AS "workflowKey", s.node, s.title, s.event, s.is_test AS "isTest", s.stuck AS "stuckBefore",
  CASE
    WHEN i.id IS NULL THEN s.stuck
    WHEN s.kind = 'event' THEN
      CASE WHEN s.until IS NULL AND s.since < now() - make_interval(secs => $2::float8) THEN 'waits-long' END
    WHEN (SELECT m.instance_id FROM message m WHERE m.instance_id = i.id LIMIT 1) IS NOT NULL THEN NULL
    WHEN s.kind = 'none' THEN 'nothing-open'
    WHEN s.kind IN ('timer', 'retry') THEN
      CASE WHEN (SELECT t.instance_id FROM timer t WHERE t.instance_id = i.id LIMIT 1) IS NULL THEN 'timer-gone' END
    WHEN s.kind = 'humanTask' THEN
      CASE WHEN (SELECT h.id FROM human_task h WHERE h.instance_id = i.id AND h.status = 'open' LIMIT 1) IS NULL THEN 'task-gone' END
    WHEN s.kind = 'subWorkflow' THEN
      CASE WHEN (SELECT c.id FROM instance c WHERE c.parent_instance_id = i.id LIMIT 1) IS NULL
        AND (SELECT m.id FROM message m WHERE m.body ->> 'type' = 'StartChild' AND m.body -> 'parent' ->> 'instanceId' = i.id LIMIT 1) IS NULL
        AND (SELECT t.instance_id FROM timer t WHERE t.instance_id = i.id LIMIT 1) IS NULL THEN 'child-gone' END
  END AS cause
FROM portion s LEFT JOIN still i ON i.id = s.instance_id
ORDER BY s.instance_id
