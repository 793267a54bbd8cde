-- Which of these events are in the histories, exactly as they are here (`json` keeps the text it was given).
-- $1 instance, $2 execution, $3 seq, $4 type, $5 epoch ms, $6 data.
SELECT e.place
FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::float8[], $6::text[]) WITH ORDINALITY AS e(id, execution_id, seq, type, at, data, place)
JOIN instance i ON i.id = e.id AND i.execution_id = e.execution_id
JOIN history_event h ON h.instance_id = e.id AND h.seq = e.seq AND h.type = e.type
  AND h.at = to_timestamp(e.at / 1000.0)::timestamptz(3) AND h.data::text = e.data
