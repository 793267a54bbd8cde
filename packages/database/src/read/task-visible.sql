-- I12. $1 the workflows whose tasks the viewer oversees, $4 those whose tasks they may see as a candidate or by having had a part; null = all.
-- $3 the viewer's names as the access keys have them. The cardinality lets the planner forget an empty list, and use the index of the keys.
($1::text[] IS NULL OR (cardinality($1::text[]) > 0 AND t.workflow_key = ANY ($1::text[]))
 OR (t.access_keys && $3::text[] AND ($4::text[] IS NULL OR t.workflow_key = ANY ($4::text[]))))
