WHERE /*visible*/
AND CASE $4
      WHEN 'mine' THEN t.status = 'open' AND t.assignee = $2
      WHEN 'available' THEN t.status = 'open' AND t.assignee IS NULL
      WHEN 'closed' THEN t.status <> 'open'
      ELSE t.status = 'open'
    END
AND ($5::text IS NULL OR t.title ILIKE $5 OR t.instance_id ILIKE $5 OR t.workflow_key ILIKE $5 OR t.context::text ILIKE $5)
AND ($6::float8 IS NULL OR (/*sort*/, t.id) > ($6::float8, $7))
ORDER BY /*sort*/, t.id
LIMIT $8
