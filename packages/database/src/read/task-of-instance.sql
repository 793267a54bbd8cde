WHERE t.instance_id = $5 AND /*visible*/
ORDER BY t.created_at, t.id
