-- People who may decide (roles $1 for one of the folders $2) and whom the names ($3, lower case) mean: by id, address, group or role.
-- $4: a kind of notice; those who want none of it are left out.
SELECT u.id, u.name, u.email
FROM "user" u
WHERE u.disabled_at IS NULL
  AND EXISTS (
    SELECT 1 FROM role_grant r
    WHERE r.role = ANY ($1::text[]) AND r.folder = ANY ($2::text[])
      AND (r.user_id = u.id OR r.group_id IN (SELECT m.group_id FROM group_member m WHERE m.user_id = u.id)))
  AND (lower(u.id) = ANY ($3::text[]) OR lower(u.email) = ANY ($3::text[])
       OR EXISTS (SELECT 1 FROM group_member m JOIN "group" g ON g.id = m.group_id WHERE m.user_id = u.id AND lower(g.name) = ANY ($3::text[]))
       OR EXISTS (SELECT 1 FROM role_grant r WHERE r.role = ANY ($3::text[])
                  AND (r.user_id = u.id OR r.group_id IN (SELECT m.group_id FROM group_member m WHERE m.user_id = u.id))))
  AND NOT EXISTS (SELECT 1 FROM notification_preference p WHERE p.user_id = u.id AND p.kind = $4 AND p.channel = 'none')
ORDER BY u.id
LIMIT 500
