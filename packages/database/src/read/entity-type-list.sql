SELECT t.name, t.title, t.description, t.document, t.version, t.updated_at AS "updatedAt", coalesce(u.name, t.updated_by) AS "updatedBy",
       (SELECT count(*) FROM (SELECT 1 FROM instance i WHERE i.workflow_key = '@' || t.name AND i.status = 'Running' LIMIT $1) AS counted)::int AS entities
FROM entity_type t
LEFT JOIN "user" u ON u.id = t.updated_by
WHERE t.archived_at IS NULL
ORDER BY lower(t.title), t.name
