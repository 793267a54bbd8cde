WHERE /*filter*/
AND ($11::timestamptz IS NULL OR (i.created_at, i.id) < ($11, $12))
ORDER BY i.created_at DESC, i.id DESC
LIMIT $13
