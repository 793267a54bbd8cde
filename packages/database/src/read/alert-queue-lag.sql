-- Seconds since the oldest thing that should have been taken up: a message, a timer, or an activity of an instance whose partition no worker
-- holds. One look into an index each, per partition.
SELECT greatest(
  (SELECT extract(epoch FROM now() - max(m.created_at)) FROM
    (SELECT created_at FROM message WHERE refusal IS NULL ORDER BY id LIMIT 1) AS m),
  (SELECT extract(epoch FROM now() - min(t.fire_at)) FROM "partition" AS p, LATERAL
    (SELECT fire_at FROM timer WHERE timer.partition = p.id AND fire_at <= now() ORDER BY fire_at LIMIT 1) AS t),
  (SELECT extract(epoch FROM now() - min(p.lease_until)) FROM "partition" AS p
    WHERE p.lease_until < now() AND EXISTS (SELECT 1 FROM instance AS i
      WHERE i.partition = p.id AND i.status IN ('Pending', 'Running', 'Suspended') AND i.running_activities > 0)),
  0
)::float8 AS "seconds"
