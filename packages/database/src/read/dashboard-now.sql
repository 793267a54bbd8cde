-- Where running instances stand, by workflow and what they wait for.
SELECT workflow_key AS "workflowKey", waiting, kind, count(*)::int AS instances, min(since) AS since,
       min(until) FILTER (WHERE until > now()) AS until
FROM instance_standing WHERE NOT is_test
GROUP BY workflow_key, waiting, kind
