-- Exact to 10,000; each stops at one more.
SELECT
  (SELECT count(*)::int FROM (SELECT 1 FROM human_task t WHERE /*visible*/ AND /*mine*/ LIMIT 10001) AS c) AS mine,
  (SELECT count(*)::int FROM (SELECT 1 FROM human_task t WHERE /*visible*/ AND /*available*/ LIMIT 10001) AS c) AS available,
  (SELECT count(*)::int FROM (SELECT 1 FROM human_task t WHERE /*visible*/ AND /*all*/ LIMIT 10001) AS c) AS "all",
  (SELECT count(*)::int FROM (SELECT 1 FROM human_task t JOIN human_task_follow_up p ON p.task_id = t.id AND p.user_id = $2
                              WHERE /*visible*/ AND /*followUp*/ LIMIT 10001) AS c) AS "followUp",
  (SELECT count(*)::int FROM (SELECT 1 FROM human_task t WHERE /*visible*/ AND /*mine*/ AND t.due_at < now() LIMIT 10001) AS c) AS overdue
