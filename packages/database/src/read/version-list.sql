SELECT v.version, v.name, v.note, v.published_at AS "publishedAt", coalesce(u.name, v.published_by) AS "publishedBy",
       (SELECT count(*) FROM instance i WHERE i.workflow_key = v.workflow_key AND i.version = v.version AND i.status IN ('Pending', 'Running', 'Suspended'))::int
         AS "liveInstances"
FROM workflow_version v
LEFT JOIN "user" u ON u.id = v.published_by
WHERE v.workflow_key = $1 AND v.version > 0
ORDER BY v.version DESC
