-- A try was none of a thief: forget the failures of a user, and that this one seemed to be one of its address.
--
-- KEYS  the hash of the user, the hash of the address
--
-- Returns 1.

redis.call('DEL', KEYS[1])
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('HDEL', KEYS[2], 'until')
  if redis.call('HINCRBY', KEYS[2], 'failures', -1) <= 0 then redis.call('DEL', KEYS[2]) end
end
return 1
