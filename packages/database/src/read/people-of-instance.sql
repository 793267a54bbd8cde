-- Names of the people its history mentions. Only events that carry a person's id are looked into.
SELECT u.id, u.name
FROM "user" u
WHERE u.id IN (
  SELECT coalesce(data ->> 'by', data ->> 'startedBy')
  FROM history_event
  WHERE instance_id = $1
    AND type = ANY ($2::text[])
)
ORDER BY u.name, u.id
