WHERE /*filter*/
AND ($12::timestamptz IS NULL OR (i.created_at, i.id) < ($12, $13))
ORDER BY i.created_at DESC, i.id DESC
LIMIT $14
