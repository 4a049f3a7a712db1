-- Append events to the streams of one partition: once each, numbered without holes, or not at all.
--
-- KEYS  clock, server, seen, seen-before, stream...
-- ARGV  most entries a stream may hold, most ids `seen` may hold, what `server` must say before this server's run id,
--       for each event the number of its stream (one digit), for each event its id (36 characters), each event's bytes
--
-- An entry's id is SEQ-OFFSET: SEQ counts all events of the log, OFFSET those of the stream. Returns the entry ids.
-- A known event id is not appended again; its first place is returned.
--
-- A server that has been started since it was last checked may have lost something: nothing is appended to it.

local clock, server, seen, before = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local high_water, window, prefix, numbers, ids = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local id_length = 36

local run_id = redis.call('INFO', 'server'):match('run_id:(%x+)')
if redis.call('GET', server) ~= prefix .. run_id then return redis.error_reply('UNCHECKED ' .. run_id) end

local places, fresh, first = {}, {}, {}
for n = 1, #numbers do
  local id = ids:sub((n - 1) * id_length + 1, n * id_length)
  local known = redis.call('HGET', seen, id) or redis.call('HGET', before, id)
  if known then
    places[n] = known
  elseif not first[id] then
    first[id] = n
    fresh[#fresh + 1] = {n, id, KEYS[4 + tonumber(numbers:sub(n, n))]}
  end
end

local offsets = {}
for _, event in ipairs(fresh) do
  local stream = event[3]
  if not offsets[stream] then
    offsets[stream] = 0
    if redis.call('EXISTS', stream) == 1 then
      local info = redis.call('XINFO', 'STREAM', stream)
      for i = 1, #info, 2 do
        if info[i] == 'length' and info[i + 1] >= high_water then return redis.error_reply('HIGHWATER ' .. stream) end
        if info[i] == 'last-generated-id' then offsets[stream] = tonumber(info[i + 1]:match('%-(%d+)$')) end
      end
    end
  end
end

local seq = #fresh > 0 and redis.call('INCRBY', clock, #fresh) - #fresh
for _, event in ipairs(fresh) do
  local n, id, stream = event[1], event[2], event[3]
  seq = seq + 1
  offsets[stream] = offsets[stream] + 1
  places[n] = string.format('%.0f-%.0f', seq, offsets[stream])
  redis.call('XADD', stream, places[n], 'e', ARGV[5 + n])
  redis.call('HSET', seen, id, places[n])
end
if redis.call('HLEN', seen) >= window then redis.call('RENAME', seen, before) end

for n = 1, #numbers do
  places[n] = places[n] or places[first[ids:sub((n - 1) * id_length + 1, n * id_length)]]
end
return places
