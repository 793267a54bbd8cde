WHERE t.id = $4 AND /*visible*/
