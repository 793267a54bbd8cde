-- The list of workflow instances, put together by instance-list.ts of what was asked for. A page is a few branches, each of which finds
-- its newest (or oldest) instances beyond a place in the order of creation along an index, united and cut to the page.

-- Where a branch finds instances. Each ends in an open condition. OFFSET 0 keeps the planner from its own ideas about what few rows are
-- found by: it believes that what is asked of the instance itself is seldom so, which it nearly always is. @candidates are the rows of a
-- read model, in the order of the page and from its place on, so that no more instances are asked than the page has. @check is asked inside of
-- the lookup: there the planner believes that it is so.

-- part: from all
FROM instance i WHERE i.workflow_key NOT LIKE '@%'
-- part: from failures
FROM @candidates
CROSS JOIN LATERAL (SELECT * FROM instance i
  WHERE i.id = x.instance_id AND i.status = 'Failed' AND i.completed_at = x.failed_at AND i.workflow_key NOT LIKE '@%' @check OFFSET 0) AS i
WHERE true
-- part: from standing
FROM @candidates
CROSS JOIN LATERAL (SELECT * FROM instance i
  WHERE i.id = x.instance_id AND i.status = 'Running' AND i.created_at = x.created_at @check OFFSET 0) AS i
WHERE true
-- part: from standing alone
FROM @candidates WHERE true
-- part: from newest
FROM (SELECT * FROM instance WHERE workflow_key NOT LIKE '@%' ORDER BY created_at DESC, id DESC LIMIT 20000) AS i WHERE true
-- part: from prefixed
FROM (SELECT * FROM instance WHERE id LIKE :prefix AND workflow_key NOT LIKE '@%' OFFSET 0) AS i WHERE true
-- part: from lasting
-- The order and the limit make it walk the index of durations, whatever is believed of them. The limit is twice what was found a moment ago.
FROM (SELECT * FROM instance l WHERE l.workflow_key NOT LIKE '@%' AND l.completed_at IS NOT NULL @lasting
      ORDER BY l.completed_at - l.created_at LIMIT :lastingLimit) AS i WHERE true

-- What tells a branch's own instances.

-- part: is id
AND i.id = ANY (:ids::text[])
-- part: starts with, walking
AND (i.id LIKE :prefix) IS TRUE
-- part: contains
-- What has no case is compared first: that is five times as fast.
AND i.id LIKE :caseless AND i.id ILIKE :pattern
-- part: with words
AND x.words LIKE lower(:pattern)
-- part: with words, walking
AND (x.words LIKE lower(:pattern)) IS TRUE
-- part: of incident
AND x.fingerprint = :incident
-- part: stuck in incident
AND x.stuck IS NOT NULL AND x.fingerprint = :incident
-- part: has code
AND x.code = :code
-- part: stuck
AND x.stuck IS NOT NULL
-- part: waits for kind
AND x.waiting AND x.kind = :kind
-- part: waits for event
AND x.waiting AND x.event = :event
-- part: waits since
-- Nearly all that are old enough do. The planner need not know how few are.
AND x.since + interval '0' <= :since
-- part: stands waiting
AND x.waiting
-- part: stands running
AND NOT x.waiting

-- How many there are, up to what counts as few: decides how they are found.

-- part: count prefixed
(SELECT count(*)::int FROM (SELECT 1 FROM instance WHERE id LIKE :prefix LIMIT :few) AS c)
-- part: count failures
(SELECT count(*)::int FROM (SELECT 1 FROM instance_failure x WHERE x.words LIKE lower(:pattern) LIMIT :few) AS c)
-- part: count standing
(SELECT count(*)::int FROM (SELECT 1 FROM instance_standing x WHERE x.words LIKE lower(:pattern) LIMIT :few) AS c)
-- part: count lasting
(SELECT count(*)::int FROM (SELECT l.created_at FROM instance l WHERE l.workflow_key NOT LIKE '@%' AND l.completed_at IS NOT NULL @lasting
                            ORDER BY l.completed_at - l.created_at LIMIT :few) AS c)
-- part: lasting at least
AND l.completed_at - l.created_at >= make_interval(secs => :minSeconds::float8)
-- part: lasting at most
AND l.completed_at - l.created_at <= make_interval(secs => :maxSeconds::float8)

-- What asks the instance itself whether that is still so.

-- part: still there
AND x.seq = i.seq
-- part: still waits
AND i.running_activities = 0
-- part: still runs
AND i.running_activities > 0
-- part: still of that kind
AND i.whereabouts ->> 'kind' = x.kind
-- part: still for that
AND i.whereabouts ->> 'detail' = x.detail

-- part: just begun waiting
AND i.status = 'Running' AND i.running_activities = 0 AND i.created_at > now() - interval '10 s'
-- part: just begun running
AND i.status = 'Running' AND i.running_activities > 0 AND i.created_at > now() - interval '10 s'
-- part: has status
AND i.status = :status
-- part: took at least
AND (i.completed_at - i.created_at >= make_interval(secs => :minSeconds::float8)) IS TRUE
-- part: took at most
AND (i.completed_at - i.created_at <= make_interval(secs => :maxSeconds::float8)) IS TRUE
-- part: takes at least
AND now() - i.created_at >= make_interval(secs => :minSeconds::float8)
-- part: takes at most
AND now() - i.created_at <= make_interval(secs => :maxSeconds::float8)
-- part: of workflow
AND i.workflow_key = :workflow

-- What narrows every branch.

-- part: shown status
AND (CASE WHEN i.status = 'Running' AND i.running_activities = 0 THEN 'Waiting' ELSE i.status END) = ANY (:statuses::text[])
-- part: workflows
AND i.workflow_key = ANY (:workflows::text[])
-- part: version
AND i.version = :version
-- part: tags
AND i.tags <> '{}' AND i.tags @> :tags::text[]
-- part: is test
AND i.tags <> '{}' AND i.tags @> ARRAY['perdure:test']
-- part: is no test
AND NOT i.tags @> ARRAY['perdure:test']
-- part: has the words when masked
AND (i.workflow_key <> ALL (:maskedWorkflows::text[]) OR i.id = ANY (:foundMasked::text[]))
-- part: with text
AND (i.id ILIKE :pattern OR i.whereabouts ->> 'title' ILIKE :pattern OR i.whereabouts ->> 'detail' ILIKE :pattern OR i.whereabouts ->> 'code' ILIKE :pattern)
-- part: with prefix
AND starts_with(i.id, :idPrefix)
-- part: with code
AND i.status = 'Failed' AND i.whereabouts ->> 'code' = :code
-- part: in incident
AND (EXISTS (SELECT 1 FROM instance_failure f WHERE f.instance_id = i.id AND f.failed_at = i.completed_at AND f.fingerprint = :incident AND i.status = 'Failed')
  OR EXISTS (SELECT 1 FROM instance_standing s WHERE s.instance_id = i.id AND s.seq = i.seq AND s.stuck IS NOT NULL AND s.fingerprint = :incident))
-- part: is stuck
AND EXISTS (SELECT 1 FROM instance_standing s WHERE s.instance_id = i.id AND s.seq = i.seq AND s.stuck IS NOT NULL)
-- part: with kinds
AND i.status = 'Running' AND i.running_activities = 0 AND i.whereabouts ->> 'kind' = ANY (:kinds::text[])
-- part: with event
AND i.status = 'Running' AND i.running_activities = 0 AND EXISTS (SELECT 1 FROM instance_standing s WHERE s.instance_id = i.id AND s.event = :event AND i.whereabouts ->> 'detail' = s.detail)
-- part: waiting since
AND i.status = 'Running' AND i.running_activities = 0 AND EXISTS (SELECT 1 FROM instance_standing s WHERE s.instance_id = i.id AND s.since <= :since)
-- part: duration at least
AND coalesce(i.completed_at, now()) - i.created_at >= make_interval(secs => :minSeconds::float8)
-- part: duration at most
AND coalesce(i.completed_at, now()) - i.created_at <= make_interval(secs => :maxSeconds::float8)

-- Places in the order. @at and @id are the branch's columns.

-- part: not after
AND @at <= :latest::timestamptz
-- part: not before
AND @at >= :earliest::timestamptz

-- part: older
AND (@at, @id) < (:createdAt::timestamptz, :id::text)
-- part: newer
AND (@at, @id) > (:createdAt::timestamptz, :id::text)
-- part: newest first
ORDER BY @at DESC, @id DESC LIMIT :limit
-- part: oldest first
ORDER BY @at, @id LIMIT :limit
