-- Names of the people its history mentions. Only events that carry a person's id are looked into.
SELECT u.id, u.name
FROM "user" u
WHERE u.id IN (
  SELECT person
  FROM history_event e
  CROSS JOIN LATERAL (
    VALUES (coalesce(e.data ->> 'by', e.data ->> 'startedBy')), (CASE WHEN e.type = 'HumanTaskAssigned' THEN e.data ->> 'to' END)
  ) AS mentioned (person)
  WHERE e.instance_id = $1
    AND e.type = ANY ($2::text[])
)
ORDER BY u.name, u.id
