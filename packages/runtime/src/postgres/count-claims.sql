-- Attempts that are about to be begun again, each with who finds it unfinished (`mark`): the same mark counts once, so that the statement may
-- be repeated. The commit that scheduled an attempt was claim one, so its first row says two. `inherits`: the mark the finder's predecessor
-- would have left, who gave its partition up in good order: what bears it changes its mark only, what an earlier owner marked is counted now,
-- and without a row there is nothing to count. What has `$11` claims already is not counted.
-- Gives, unless the partition is another's by now, the claims and whether this was one.
-- $1 instance, $2 execution, $3 step, $4 attempt, $5 releases, $6 mark, $7 inherits, $8 partition, $9 epoch, $10 partitions, $11 claims.
-- Asked as in commit.sql: lists are never joined with each other.
WITH asked AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::text[], $8::int[], $9::int[]) WITH ORDINALITY
    AS a(instance_id, execution_id, step, attempt, releases, mark, inherits, partition, epoch, place)
), owned AS MATERIALIZED (
  SELECT p.id::int, p.epoch FROM "partition" p WHERE p.id = ANY($10::smallint[]) ORDER BY p.id FOR KEY SHARE
), served AS MATERIALIZED (
  SELECT * FROM asked WHERE partition IS NULL OR ((partition, epoch) IN (SELECT id, epoch FROM owned)) IS TRUE
), found AS (
  INSERT INTO activity_claim AS known (instance_id, execution_id, step, attempt, releases, claims, mark)
  SELECT instance_id, execution_id, step, attempt, releases, 2, mark FROM served WHERE inherits IS NULL
  ORDER BY instance_id, execution_id, step, attempt, releases
  ON CONFLICT (instance_id, execution_id, step, attempt, releases)
  DO UPDATE SET claims = known.claims + 1, mark = EXCLUDED.mark, claimed_at = now()
  WHERE known.mark <> EXCLUDED.mark AND known.claims < $11
  RETURNING instance_id, execution_id, step, attempt, releases, claims
), inherited AS (
  UPDATE activity_claim known SET
    claims = known.claims + (known.mark LIKE 'epoch %' AND known.mark <> served.inherits)::int, mark = served.mark, claimed_at = now()
  FROM served
  WHERE served.inherits IS NOT NULL AND known.instance_id = served.instance_id AND known.execution_id = served.execution_id
    AND known.step = served.step AND known.attempt = served.attempt AND known.releases = served.releases
    AND known.mark <> served.mark AND known.claims < $11
  RETURNING known.instance_id, known.execution_id, known.step, known.attempt, known.releases, known.claims
), answer AS (
  SELECT instance_id, execution_id, step, attempt, releases, max(mark) AS mark, max(place) AS place, max(claims) AS claims
  FROM (
    SELECT instance_id, execution_id, step, attempt, releases, mark, place, NULL::int AS claims FROM served
    UNION ALL SELECT instance_id, execution_id, step, attempt, releases, NULL, NULL, claims FROM found
    UNION ALL SELECT instance_id, execution_id, step, attempt, releases, NULL, NULL, claims FROM inherited
  ) told
  GROUP BY instance_id, execution_id, step, attempt, releases
)
SELECT answer.place::int - 1 AS place, coalesce(answer.claims, known.claims, 1) AS claims,
       answer.claims IS NOT NULL OR known.claims IS NULL OR known.mark = answer.mark AS counted
FROM answer
LEFT JOIN activity_claim known USING (instance_id, execution_id, step, attempt, releases)
