-- Whether somebody has begun with work of their own: a workflow that is no sample, or one that was archived since and has run.
SELECT EXISTS (
  SELECT FROM workflow w
  WHERE NOT w.sample AND (w.archived_at IS NULL OR EXISTS (SELECT FROM instance i WHERE i.workflow_key = w.key))
) AS "isThere"
