-- Which of these tasks ($2 to $6) have the words ($1), as if they were stored like that.
SELECT m.id
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS m (id, title, instance_id, workflow_key, context)
WHERE human_task_words(m.title, m.instance_id, m.workflow_key, m.context::json) @@ to_tsquery('simple', $1)
