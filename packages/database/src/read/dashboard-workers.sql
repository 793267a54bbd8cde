-- Those that gave a sign of life lately, with the partitions each has, and where the latest of them came from in the last ten minutes.
SELECT w.id, w.heartbeat_at AS "seenAt", w.heartbeat_at < now() - interval '15 s' AS "isGone", f.figures,
       (SELECT count(*)::int FROM "partition" p WHERE p.owner = w.id AND p.lease_until > now()) AS partitions,
       m.moved_from AS "movedFrom", m.moved_at AS "movedAt", m.moved
FROM worker w
LEFT JOIN worker_figures f ON f.worker_id = w.id AND f.at > now() - interval '30 s'
LEFT JOIN LATERAL (
  SELECT p.previous_owner AS moved_from, max(p.moved_at) AS moved_at, count(*)::int AS moved
  FROM "partition" p
  WHERE p.owner = w.id AND p.lease_until > now() AND p.moved_at > now() - interval '10 minutes' AND p.previous_owner <> w.id
  GROUP BY p.previous_owner ORDER BY 2 DESC, 1 LIMIT 1
) AS m ON true
WHERE w.heartbeat_at > now() - interval '10 minutes'
ORDER BY w.started_at, w.id
