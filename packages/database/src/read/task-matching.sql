-- Ids of tasks that have the words ($1), open or closed ones ($2), $3 at most. Not yet only those the viewer may see: nothing of them is shown.
SELECT id FROM human_task
WHERE words @@ to_tsquery('simple', $1) AND status = 'open' AND NOT $2::boolean
UNION ALL
SELECT id FROM human_task
WHERE words @@ to_tsquery('simple', $1) AND status <> 'open' AND $2::boolean
LIMIT $3
