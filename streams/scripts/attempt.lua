-- Begin to try a password, or hear how long that must wait. Whoever succeeds says so with `forgive`: until then it
-- counts as a failure, so that many tries at once are as many failures.
--
-- KEYS  for each of what tries are counted by: a hash of the failures, and until when no further try is heard
-- ARGV  failures before the first wait, milliseconds after which they are forgotten, first wait, longest wait
--
-- Returns 0, or the milliseconds to wait. A try that must wait does not count.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local most, window, first, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local wait = 0
for _, key in ipairs(KEYS) do
  wait = math.max(wait, tonumber(redis.call('HGET', key, 'until') or '0') - now)
end
if wait > 0 then return wait end

for _, key in ipairs(KEYS) do
  local failures = redis.call('HINCRBY', key, 'failures', 1)
  local pause = 0
  if failures >= most then
    pause = math.min(longest, first * 2 ^ math.min(failures - most, 30))
    redis.call('HSET', key, 'until', string.format('%.0f', now + pause))
  end
  redis.call('PEXPIRE', key, window + pause)
end
return 0
