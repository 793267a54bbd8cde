WHERE t.id = $5 AND /*visible*/
