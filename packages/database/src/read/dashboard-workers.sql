SELECT w.id, w.heartbeat_at AS "seenAt", w.heartbeat_at < now() - interval '15 s' AS "isGone", f.figures,
       (SELECT count(*)::int FROM "partition" p WHERE p.owner = w.id AND p.lease_until > now()) AS partitions
FROM worker w LEFT JOIN worker_figures f ON f.worker_id = w.id AND f.at > now() - interval '30 s'
WHERE w.heartbeat_at > now() - interval '10 minutes'
ORDER BY w.started_at, w.id
