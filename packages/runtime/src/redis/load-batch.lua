-- Reads instances at one moment. KEYS: for each instance, its hash key and its tail stream key.
-- Gives for each: seq (nil = not here), checkpoint (nil = none), the tail's entries. One command in the place of two for each instance, whose
-- bookkeeping in the client cost more than the reading.
local found = {}
for i = 1, #KEYS, 2 do
  local meta = redis.call('HMGET', KEYS[i], 'seq', 'checkpoint')
  local tail = {}
  if meta[1] then
    for j, entry in ipairs(redis.call('XRANGE', KEYS[i + 1], '-', '+')) do
      tail[j] = entry[2][2]
    end
  end
  found[#found + 1] = { meta[1], meta[2], tail }
end
return found
