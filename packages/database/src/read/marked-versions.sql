-- Versions published since $1 with something marked as sensitive. Test runs' snapshots of drafts have numbers below 1.
SELECT workflow_key AS "workflowKey", version, published_at AS "publishedAt", document::text LIKE '%x-sensitive%' AS marked
FROM workflow_version
WHERE published_at >= $1 AND version > 0
