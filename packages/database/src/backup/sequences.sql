-- The sequences that belong to a column (serial or identity), with that column.
SELECT s.oid::regclass::text AS sequence, t.oid::regclass::text AS "table", quote_ident(a.attname) AS "column"
FROM pg_class s
JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN pg_class t ON t.oid = d.refobjid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE s.relkind = 'S' AND t.relnamespace = 'public'::regnamespace
