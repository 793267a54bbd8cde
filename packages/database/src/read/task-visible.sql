($1::boolean OR cardinality(t.candidates) = 0 OR t.assignee = $2 OR t.decided_by = $2
 OR EXISTS (SELECT 1 FROM unnest(t.candidates) AS candidate WHERE lower(candidate) = ANY ($3::text[])))
