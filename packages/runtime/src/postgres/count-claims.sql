-- Attempts that are about to be begun again, each with who finds it unfinished (`mark`): the same mark counts once, so that the statement may
-- be repeated; without a mark nothing is counted. The commit that scheduled an attempt was claim one, so its first row says two.
-- What has `$7` claims already is not counted. Gives the claims and whether this was one.
-- $1 instance, $2 execution, $3 step, $4 attempt, $5 releases, $6 mark, $7 claims.
WITH asked AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[]) WITH ORDINALITY
    AS a(instance_id, execution_id, step, attempt, releases, mark, place)
), counted AS (
  INSERT INTO activity_claim AS known (instance_id, execution_id, step, attempt, releases, claims, mark)
  SELECT instance_id, execution_id, step, attempt, releases, 2, mark FROM asked WHERE mark IS NOT NULL
  ORDER BY instance_id, execution_id, step, attempt, releases
  ON CONFLICT (instance_id, execution_id, step, attempt, releases)
  DO UPDATE SET claims = known.claims + 1, mark = EXCLUDED.mark, claimed_at = now()
  WHERE known.mark <> EXCLUDED.mark AND known.claims < $7
  RETURNING instance_id, execution_id, step, attempt, releases, claims
)
SELECT coalesce(counted.claims, known.claims, 1) AS claims,
       counted.claims IS NOT NULL OR known.claims IS NULL OR coalesce(known.mark = asked.mark, false) AS counted
FROM asked
LEFT JOIN counted USING (instance_id, execution_id, step, attempt, releases)
LEFT JOIN activity_claim known USING (instance_id, execution_id, step, attempt, releases)
ORDER BY asked.place
