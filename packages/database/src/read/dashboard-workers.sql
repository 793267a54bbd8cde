-- Those that gave a sign of life lately, with the partitions each has, and where the latest of them came from in the last ten minutes.
-- What a worker takes up as it starts, of one that was gone by then, has not moved: that is a restart. One that is forgotten (it stopped, or
-- its end was noticed) tells no longer when it was; what comes from it later than a start takes was taken over.
SELECT w.id, w.heartbeat_at AS "seenAt", w.heartbeat_at < now() - interval '15 s' AS "isGone", f.figures,
       (SELECT count(*)::int FROM "partition" p WHERE p.owner = w.id AND p.lease_until > now()) AS partitions,
       m.moved_from AS "movedFrom", m.moved_at AS "movedAt", m.moved
FROM worker w
LEFT JOIN worker_figures f ON f.worker_id = w.id AND f.at > now() - interval '30 s'
LEFT JOIN LATERAL (
  SELECT p.previous_owner AS moved_from, max(p.moved_at) AS moved_at, count(*)::int AS moved
  FROM "partition" p LEFT JOIN worker before ON before.id = p.previous_owner
  WHERE p.owner = w.id AND p.lease_until > now() AND p.moved_at > now() - interval '10 minutes' AND p.previous_owner <> w.id
    AND CASE WHEN before.id IS NULL THEN p.moved_at > w.started_at + interval '30 s' ELSE before.heartbeat_at > w.started_at END
  GROUP BY p.previous_owner ORDER BY 2 DESC, 1 LIMIT 1
) AS m ON true
WHERE w.heartbeat_at > now() - interval '10 minutes'
ORDER BY w.started_at, w.id
