-- How many an instance has: exact to 10,000; 10,001 stands for more. $2 has no part in what is visible, and must be named.
SELECT count(*)::int AS tasks
FROM (SELECT 1 FROM human_task t WHERE t.instance_id = $5 AND $2::text IS NOT NULL AND /*visible*/ LIMIT 10001) AS c
