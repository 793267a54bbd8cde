-- What was entered into the forms of these instances ($1): the decision's data, and of tasks with votes each voter's.
SELECT t.instance_id AS "instanceId", t.form_schema AS "formSchema", t.data, v.votes
FROM human_task t
LEFT JOIN LATERAL (
  SELECT json_agg(e.data -> 'data') AS votes FROM history_event e
  WHERE t.votes IS NOT NULL AND e.instance_id = t.instance_id AND e.type = 'HumanTaskVoted' AND e.data ->> 'step' = t.step
) v ON true
WHERE t.instance_id = ANY ($1::text[]) AND (t.data IS NOT NULL OR v.votes IS NOT NULL)
