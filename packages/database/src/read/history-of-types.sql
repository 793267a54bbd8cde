SELECT seq, type, at, data
FROM history_event
WHERE instance_id = $1 AND type = ANY ($2::text[]) AND ($3::text IS NULL OR data ->> 'step' = $3)
ORDER BY seq
