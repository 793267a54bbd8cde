-- Changes of tasks that nobody has been told of ($1 at most), taken by this transaction alone, with the events they stand for.
WITH taken AS (
  SELECT task_id, from_seq, seq FROM human_task_change ORDER BY task_id, seq LIMIT $1 FOR UPDATE SKIP LOCKED
)
SELECT c.task_id AS "taskId", c.seq, t.instance_id AS "instanceId", t.title, t.status, t.workflow_key AS "workflowKey", t.version,
       coalesce(w.title, t.workflow_key) AS "workflowTitle",
       coalesce(w.webhook_generation, 1) AS "webhookGeneration", t.due_at AS "dueAt", t.candidates, t.holder_ids AS holders, t.voter_ids AS voters, t.rule,
       coalesce($3 = ANY (i.tags), false) AS "isTest",
       (SELECT json_agg(json_build_object('seq', e.seq, 'at', floor(extract(epoch FROM e.at) * 1000), 'type', e.type, 'data', e.data) ORDER BY e.seq)
        FROM history_event e
        WHERE e.instance_id = t.instance_id AND e.seq > c.from_seq AND e.seq <= c.seq AND e.type = ANY ($2::text[]) AND e.data ->> 'step' = t.step) AS events,
       (SELECT e.data -> 'task' ->> 'webhook' FROM history_event e
        WHERE e.instance_id = t.instance_id AND e.type = 'HumanTaskCreated' AND e.data ->> 'step' = t.step LIMIT 1) AS webhook
FROM taken c
LEFT JOIN human_task t ON t.id = c.task_id
LEFT JOIN instance i ON i.id = t.instance_id
LEFT JOIN workflow w ON w.key = t.workflow_key
