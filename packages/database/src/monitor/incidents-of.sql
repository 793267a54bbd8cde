-- Incidents that failures of these instances belong to.
SELECT DISTINCT fingerprint FROM instance_failure WHERE instance_id = ANY ($1::text[]) AND fingerprint IS NOT NULL
