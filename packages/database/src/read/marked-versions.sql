-- Versions published since $1: whether something in them is marked as sensitive, and which workflows they start ('*': an expression names it).
-- Test runs' snapshots of drafts, with numbers below 1, among them.
SELECT workflow_key AS "workflowKey", version, published_at AS "publishedAt", document::text LIKE '%x-sensitive%' AS marked,
       CASE WHEN document::text LIKE '%subWorkflow%' THEN ARRAY(
         SELECT DISTINCT CASE WHEN json_typeof(n #> '{config,workflow}') = 'string' THEN n #>> '{config,workflow}' ELSE '*' END
         FROM json_array_elements(document -> 'nodes') AS n
         WHERE n ->> 'type' = 'subWorkflow')
       ELSE '{}' END AS starts
FROM workflow_version
WHERE published_at >= $1
