-- People who hold one of the roles ($1) for one of the folders ($2), by themselves or through a group: those named ($3), or those whose
-- name or address has the text in it ($4, a LIKE pattern).
SELECT u.id, u.name, u.email
FROM "user" u
WHERE u.disabled_at IS NULL
  AND ($3::text[] IS NULL OR u.id = ANY ($3::text[]))
  AND ($4::text IS NULL OR u.name ILIKE $4 OR u.email ILIKE $4)
  AND EXISTS (
    SELECT 1 FROM role_grant r
    WHERE r.role = ANY ($1::text[]) AND r.folder = ANY ($2::text[])
      AND (r.user_id = u.id OR r.group_id IN (SELECT m.group_id FROM group_member m WHERE m.user_id = u.id)))
ORDER BY u.name, u.id
LIMIT $5
