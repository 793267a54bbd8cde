-- Fine stretches that no screen shows any more.
WITH old (minutes, before) AS (
  VALUES (1::smallint, now() - interval '2 days'), (15::smallint, now() - interval '9 days'), (60::smallint, now() - interval '40 days'),
         (360::smallint, now() - interval '400 days')
), instances AS (
  DELETE FROM instance_stat s USING old WHERE s.minutes = old.minutes AND s.at < old.before
)
DELETE FROM duration_stat s USING old WHERE s.minutes = old.minutes AND s.at < old.before
