-- What somebody left behind in an instance since a moment. $1 instance, $2 actor, $3 moment by the asker's clock, which may be ahead.
SELECT
  i.id IS NOT NULL AS "exists",
  coalesce(i.started_by = $2 AND i.created_at >= $3::timestamptz - interval '5 seconds', false) AS "startedSince",
  ARRAY(
    SELECT DISTINCT e.type
    FROM history_event AS e
    WHERE e.instance_id = $1 AND e.at >= $3::timestamptz - interval '5 seconds'
      -- An entity's events name the sender in the request they are about.
      AND $2 IN (e.data ->> 'by', e.data -> 'request' -> 'from' ->> 'by', e.data -> 'queued' -> 'request' -> 'from' ->> 'by')
  ) AS "events",
  EXISTS (SELECT 1 FROM message AS m WHERE m.instance_id = $1 AND m.created_at >= $3::timestamptz - interval '5 seconds' AND m.refusal IS NULL) AS "waiting"
FROM (SELECT $1::text AS id) AS asked
LEFT JOIN instance AS i ON i.id = asked.id
