-- Takes an entry out of its queue. KEYS: the queue's stream, the queue's hash of jobs. ARGV: group, the entry's id.
local entry = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[2])
-- Earlier versions gave their entries no name.
local name = entry and entry[2][6]
if name and redis.call('HGET', KEYS[2], name) == ARGV[2] then
  redis.call('HDEL', KEYS[2], name)
end
