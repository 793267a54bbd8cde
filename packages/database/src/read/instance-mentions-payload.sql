-- As a reference, not in a text: the quotes of a text are escaped in JSON. The hash holds no character special to patterns.
SELECT EXISTS (
  SELECT 1 FROM history_event WHERE instance_id = $1 AND data::text ~ ('"\$payload":\s*"' || $2 || '"')
) AS found
