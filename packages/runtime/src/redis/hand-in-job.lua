-- Hands a job in, so that it is in the queue once: the same job that nobody has taken yet, or that the one who hands it in has taken and runs,
-- stays as it is; one in other hands gives way, for those who hand in anew have taken over from somebody who vanished.
-- KEYS: the queue's stream, the set of queues, the queue's hash of jobs (name of a job → its entry's id).
-- ARGV: queue, group, consumer of who hands it in, name of the job, the job, run of the server. Gives the entry's id.
local stream, queues, jobs = KEYS[1], KEYS[2], KEYS[3]
local queue, group, consumer, name, job, run = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
redis.call('SADD', queues, queue)
local before = redis.call('HGET', jobs, name)
if before then
  local entry = redis.call('XRANGE', stream, before, before)[1]
  -- Without a group nobody has taken anything.
  local taken = redis.pcall('XPENDING', stream, group, before, before, 1)[1]
  -- Of another run of the server: nobody would serve it.
  if entry and entry[2][4] == run and (not taken or taken[2] == consumer) then
    return before
  end
  redis.call('XACK', stream, group, before)
  redis.call('XDEL', stream, before)
end
local id = redis.call('XADD', stream, '*', 'job', job, 'run', run, 'name', name)
redis.call('HSET', jobs, name, id)
return id
