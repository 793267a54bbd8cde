-- Attempts that are about to be begun again, each with who finds it unfinished (`mark`): the same mark counts once, so that the statement may
-- be repeated. The commit that scheduled an attempt was claim one, so its first row says two. `known_from`: marks of this epoch and later are
-- the finder's own, or of one that gave the partition up in good order, and only change their name; earlier ones count now, and so does one
-- whose cell died (mark-died.sql). `vanished`: what has no row, or was a named queue's, counts as well. A named queue (no `known_from`) counts
-- whatever it hands out again. What has `$12` claims already is not counted.
-- Gives, unless the partition is another's by now, the claims and whether this was one.
-- $1 instance, $2 execution, $3 step, $4 attempt, $5 releases, $6 mark, $7 known from, $8 vanished, $9 partition, $10 epoch, $11 partitions,
-- $12 claims. Asked as in commit.sql: lists are never joined with each other.
WITH asked AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::bigint[], $8::bool[], $9::int[], $10::int[])
    WITH ORDINALITY
    AS a(instance_id, execution_id, step, attempt, releases, mark, known_from, vanished, partition, epoch, place)
), owned AS MATERIALIZED (
  SELECT p.id::int, p.epoch FROM "partition" p WHERE p.id = ANY($11::smallint[]) ORDER BY p.id FOR KEY SHARE
), served AS MATERIALIZED (
  SELECT * FROM asked WHERE partition IS NULL OR ((partition, epoch) IN (SELECT id, epoch FROM owned)) IS TRUE
), found AS (
  INSERT INTO activity_claim AS known (instance_id, execution_id, step, attempt, releases, claims, mark)
  SELECT instance_id, execution_id, step, attempt, releases, 2, mark FROM served
  WHERE vanished AND NOT EXISTS (
    SELECT 1 FROM activity_claim before
    WHERE before.instance_id = served.instance_id AND before.execution_id = served.execution_id AND before.step = served.step
      AND before.attempt = served.attempt AND before.releases = served.releases)
  ORDER BY instance_id, execution_id, step, attempt, releases
  -- A row that was made at this very moment.
  ON CONFLICT (instance_id, execution_id, step, attempt, releases)
  DO UPDATE SET claims = known.claims + 1, mark = EXCLUDED.mark, claimed_at = now()
  WHERE known.mark <> EXCLUDED.mark AND known.claims < $12
  RETURNING instance_id, execution_id, step, attempt, releases, claims
), again AS (
  UPDATE activity_claim known SET
    claims = known.claims + (CASE
      WHEN served.known_from IS NULL OR known.mark = 'died' THEN 1
      WHEN known.mark LIKE 'epoch %' THEN (substr(known.mark, 7)::bigint < served.known_from)::int
      ELSE served.vanished::int END),
    mark = served.mark, claimed_at = now()
  FROM served
  WHERE known.instance_id = served.instance_id AND known.execution_id = served.execution_id
    AND known.step = served.step AND known.attempt = served.attempt AND known.releases = served.releases
    AND known.mark <> served.mark AND known.claims < $12
  RETURNING known.instance_id, known.execution_id, known.step, known.attempt, known.releases, known.claims
), answer AS (
  SELECT instance_id, execution_id, step, attempt, releases, max(mark) AS mark, max(place) AS place, max(claims) AS claims
  FROM (
    SELECT instance_id, execution_id, step, attempt, releases, mark, place, NULL::int AS claims FROM served
    UNION ALL SELECT instance_id, execution_id, step, attempt, releases, NULL, NULL, claims FROM found
    UNION ALL SELECT instance_id, execution_id, step, attempt, releases, NULL, NULL, claims FROM again
  ) told
  GROUP BY instance_id, execution_id, step, attempt, releases
)
SELECT answer.place::int - 1 AS place, coalesce(answer.claims, known.claims, 1) AS claims,
       answer.claims IS NOT NULL OR known.claims IS NULL OR known.mark = answer.mark AS counted
FROM answer
LEFT JOIN activity_claim known USING (instance_id, execution_id, step, attempt, releases)
