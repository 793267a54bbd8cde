SELECT (count(*) FILTER (WHERE t.assignee = $2))::int AS mine,
       (count(*) FILTER (WHERE t.assignee IS NULL))::int AS available,
       count(*)::int AS "all",
       (count(*) FILTER (WHERE t.due_at < now()))::int AS overdue
FROM human_task t
WHERE t.status = 'open' AND /*visible*/
