-- What a person holds, by themselves and through their groups; one row, or none when there is no such person.
SELECT u.disabled_at IS NOT NULL AS disabled,
       (SELECT (extract(epoch FROM max(changed.at)) * 1000)::float8 FROM (
          SELECT r.created_at AS at FROM role_grant r
          WHERE r.user_id = u.id OR r.group_id IN (SELECT m.group_id FROM group_member m WHERE m.user_id = u.id)
          UNION ALL SELECT m.added_at FROM group_member m WHERE m.user_id = u.id
        ) AS changed) AS "changedAt",
       ARRAY(SELECT g.name FROM group_member m JOIN "group" g ON g.id = m.group_id WHERE m.user_id = u.id ORDER BY g.name) AS groups,
       (SELECT coalesce(json_agg(json_build_object('role', held.role, 'folder', held.folder, 'sensitive', held.sensitive)
                                 ORDER BY held.folder, held.role), '[]')
        FROM (
          SELECT r.role, r.folder, bool_or(r.sensitive) AS sensitive
          FROM role_grant r
          WHERE r.user_id = u.id OR r.group_id IN (SELECT m.group_id FROM group_member m WHERE m.user_id = u.id)
          GROUP BY r.role, r.folder
        ) AS held) AS grants
FROM "user" u
WHERE u.id = $1
