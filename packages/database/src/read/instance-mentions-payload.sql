SELECT EXISTS (
  SELECT 1 FROM history_event WHERE instance_id = $1 AND position('"$payload": "' || $2 || '"' IN data::text) > 0
) AS found
