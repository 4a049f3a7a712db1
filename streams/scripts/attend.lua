-- Say that a worker lives, and hear who else does.
--
-- KEYS  the group's members, by the time they were last heard of
-- ARGV  our token, milliseconds after which a silent one counts as dead
--
-- Returns the tokens of the living, sorted, ours among them.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
local alive = redis.call('ZRANGE', KEYS[1], 0, -1)
table.sort(alive)
return alive
