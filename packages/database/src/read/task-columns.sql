SELECT t.id, t.instance_id AS "instanceId", t.step, t.node, t.workflow_key AS "workflowKey", coalesce(w.title, t.workflow_key) AS "workflowTitle", t.version,
       t.title, t.description, t.context, t.candidates, t.priority, t.form_schema AS "formSchema", t.outcomes,
       t.due_at AS "dueAt", t.deadline_at AS "deadlineAt", t.escalated_at AS "escalatedAt", t.rule, t.schedule, t.holders, t.votes,
       t.free_seats AS "freeSeats", t.status, t.assignee, t.claimed_at AS "claimedAt",
       t.outcome, t.data, t.comment, t.decided_by AS "decidedBy", t.closed_at AS "closedAt", t.created_at AS "createdAt",
       (SELECT f.until FROM human_task_follow_up f WHERE f.user_id = $2 AND f.task_id = t.id) AS "followUpAt",
       (SELECT count(*)::int FROM human_task_comment c WHERE c.task_id = t.id) AS comments,
       (SELECT count(*)::int FROM human_task_file f WHERE f.task_id = t.id) AS files
