WHERE /*visible*/
AND CASE $5
      WHEN 'mine' THEN t.status = 'open' AND t.assignee = $2
      WHEN 'available' THEN t.status = 'open' AND t.assignee IS NULL
      WHEN 'closed' THEN t.status <> 'open'
      ELSE t.status = 'open'
    END
AND ($6::text IS NULL OR t.title ILIKE $6 OR t.instance_id ILIKE $6 OR t.workflow_key ILIKE $6 OR t.context::text ILIKE $6)
AND ($7::float8 IS NULL OR (/*sort*/, t.id) > ($7::float8, $8))
ORDER BY /*sort*/, t.id
LIMIT $9
