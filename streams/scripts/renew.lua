-- Keep a lease. KEYS: lease. ARGV: our token, milliseconds. Returns 1, or 0 when it is not ours.
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
