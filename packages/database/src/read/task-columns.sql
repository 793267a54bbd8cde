SELECT t.id, t.instance_id AS "instanceId", t.step, t.node, t.workflow_key AS "workflowKey", coalesce(w.title, t.workflow_key) AS "workflowTitle", t.version,
       t.title, t.description, t.context, t.candidates, t.priority, t.form_schema AS "formSchema", t.outcomes,
       t.due_at AS "dueAt", t.deadline_at AS "deadlineAt", t.status, t.assignee, a.name AS "assigneeName", t.claimed_at AS "claimedAt",
       t.outcome, t.data, t.comment, t.decided_by AS "decidedBy", d.name AS "decidedByName", t.closed_at AS "closedAt", t.created_at AS "createdAt",
       /*sort*/ AS "sortKey"
FROM human_task t
LEFT JOIN workflow w ON w.key = t.workflow_key
LEFT JOIN "user" a ON a.id = t.assignee
LEFT JOIN "user" d ON d.id = t.decided_by
