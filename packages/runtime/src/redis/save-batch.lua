-- Applies one commit's updates. KEYS: for each update, the instance's hash key and its tail stream key.
-- ARGV: for each update, base seq, seq, events, checkpoint ('' = none), final ('1'/'0').
-- The tail is a stream whose entry ids are seqs, so that a reader resumes by seq. A base that is not the stored seq means a gap: forget.
local n = #KEYS / 2
for i = 0, n - 1 do
  local meta, tail = KEYS[i * 2 + 1], KEYS[i * 2 + 2]
  local base, seq, events, checkpoint, final = ARGV[i * 5 + 1], ARGV[i * 5 + 2], ARGV[i * 5 + 3], ARGV[i * 5 + 4], ARGV[i * 5 + 5]
  if final == '1' then
    redis.call('DEL', meta, tail)
  elseif checkpoint ~= '' then
    redis.call('DEL', tail)
    redis.call('HSET', meta, 'seq', seq, 'checkpoint', checkpoint)
  elseif base == '0' then
    redis.call('DEL', meta, tail)
    redis.call('HSET', meta, 'seq', seq)
    redis.call('XADD', tail, seq .. '-0', 'e', events)
  elseif redis.call('HGET', meta, 'seq') == base then
    redis.call('HSET', meta, 'seq', seq)
    redis.call('XADD', tail, seq .. '-0', 'e', events)
  else
    redis.call('DEL', meta, tail)
  end
end
return n
