WHERE t.instance_id = $4 AND /*visible*/
ORDER BY t.created_at, t.id
