SELECT count(*)::int AS value
FROM (SELECT 1 FROM instance i WHERE /*filter*/ LIMIT $12) AS counted
