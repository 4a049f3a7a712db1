-- Let one more request of somebody pass, or say how long it must wait: the generic cell rate algorithm.
--
-- KEYS  when, at the allowed rate, all requests so far would have been due, in microseconds
-- ARGV  microseconds between two requests, microseconds that they may come early
--
-- Returns 0, or the microseconds to wait. A request that must wait does not count.

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local due = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
if due - ARGV[2] > now then return due - ARGV[2] - now end
due = due + ARGV[1]
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000) + 1)
return 0
