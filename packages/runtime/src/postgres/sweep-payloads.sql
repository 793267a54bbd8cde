-- Of the next payloads by hash: deletes those that nobody was told of lately and nothing refers to. A reference is in a history or in a message
-- that waits; states, tasks and statuses are made of histories and go with them. One that somebody is being told of at this moment is locked,
-- and looked at again by its new `kept_at`. $1 after this hash, $2 how many, $3 ms nobody was told of it.
-- Gives the last hash that was looked at, NULL when there are no more.
WITH page AS MATERIALIZED (
  SELECT hash FROM payload WHERE hash > $1 ORDER BY hash LIMIT $2
), mailed AS MATERIALIZED (
  SELECT unnest(payload_hashes(body)) AS hash FROM message WHERE position('"$payload":"' in body::text) > 0
), swept AS (
  DELETE FROM payload p
  WHERE p.hash = ANY(ARRAY(SELECT hash FROM page)) AND p.kept_at < now() - $3 * interval '1 millisecond'
    AND (p.hash IN (SELECT hash FROM mailed)) IS NOT TRUE
    AND NOT EXISTS (
      SELECT 1 FROM history_event h WHERE payload_hashes(h.data) @> ARRAY[p.hash] AND position('"$payload":"' in h.data::text) > 0
    )
)
SELECT max(hash) AS last FROM page
