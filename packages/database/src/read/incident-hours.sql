-- How often in each of the last 24 hours.
SELECT fingerprint, floor(extract(epoch FROM now() - failed_at) / 3600)::int AS ago, count(*)::int AS failures
FROM instance_failure WHERE fingerprint = ANY ($1::text[]) AND failed_at > now() - interval '24 hours'
GROUP BY 1, 2
