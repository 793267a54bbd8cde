WHERE i.id = $1 AND i.workflow_key LIKE '@%'
