SELECT w.key, w.title, w.description, w.folder, w.sample, w.latest_version AS "latestVersion",
       (v.draft_revision IS NULL OR v.draft_revision <> w.draft_revision) AS "hasUnpublishedChanges",
       w.draft_revision AS "draftRevision", w.draft_saved_at AS "draftSavedAt", coalesce(u.name, w.draft_saved_by) AS "draftSavedBy",
       (SELECT count(*) FROM instance i WHERE i.workflow_key = w.key AND i.status IN ('Pending', 'Running', 'Suspended'))::int AS "liveInstances",
       (SELECT i.created_at FROM instance i WHERE i.workflow_key = w.key ORDER BY i.created_at DESC, i.id DESC LIMIT 1) AS "lastStartedAt"
FROM workflow w
LEFT JOIN workflow_version v ON v.workflow_key = w.key AND v.version = w.latest_version
LEFT JOIN "user" u ON u.id = w.draft_saved_by
WHERE w.archived_at IS NULL AND ($1::text IS NULL OR w.key ILIKE $1 OR w.title ILIKE $1) AND ($2::text[] IS NULL OR w.key = ANY ($2))
ORDER BY w.sample, lower(w.title), w.key
