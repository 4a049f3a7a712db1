-- Acknowledge all that was given to the owner of one partition up to some entries, if its lease is still ours.
--
-- KEYS  lease, stream...
-- ARGV  our token, the group, then for each stream the id of the last entry dealt with
--
-- Returns 1, or 0 when another process holds the lease.

local group, page = ARGV[2], 1000
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
for k = 2, #KEYS do
  repeat
    local ids = {}
    for _, pending in ipairs(redis.call('XPENDING', KEYS[k], group, '-', ARGV[k + 1], page)) do
      ids[#ids + 1] = pending[1]
    end
    if #ids > 0 then redis.call('XACK', KEYS[k], group, unpack(ids)) end
  until #ids < page
end
return 1
