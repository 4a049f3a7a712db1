-- Take a lease that is free, or ours from an earlier life. KEYS: lease. ARGV: our token, milliseconds.
-- Returns 1, or 0 when somebody else has it.
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
