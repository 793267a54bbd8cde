-- I12. $1 the workflows whose tasks the viewer oversees, $4 those whose tasks they may see as a candidate; null = all.
($1::text[] IS NULL OR t.workflow_key = ANY ($1::text[])
 OR (($4::text[] IS NULL OR t.workflow_key = ANY ($4::text[]))
     AND (cardinality(t.candidates) = 0 OR t.assignee = $2 OR t.decided_by = $2
          OR EXISTS (SELECT 1 FROM unnest(t.candidates) AS candidate WHERE lower(candidate) = ANY ($3::text[])))))
