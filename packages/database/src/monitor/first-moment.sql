-- Where counting begins on a database that was never counted: with the first instance of the last 31 days.
SELECT date_bin('1 minute', coalesce(min(created_at), now()), '2000-01-01') AS at
FROM (SELECT created_at FROM instance WHERE workflow_key NOT LIKE '@%' AND created_at > now() - interval '31 days' ORDER BY created_at LIMIT 1) AS first
