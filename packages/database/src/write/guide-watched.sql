-- $1 follows the unfinished instance $2: kept when it is their own run of the guide's sample ($3).
INSERT INTO guide_mark (user_id, mark, instance_id)
SELECT $1, 'watched', i.id
FROM instance i
WHERE i.id = $2 AND i.workflow_key = $3 AND i.started_by = $1 AND i.version > 0 AND i.status IN ('Pending', 'Running', 'Suspended')
ON CONFLICT DO NOTHING
