-- Says who is in a room by way of one process, and returns who is there by way of the others: a text of names for
-- each. What a process has said expires, so that it need not say that it has died.
-- KEYS: the names by process. ARGV: the room's channel, who says it, for how many ms it counts, and the names with a
-- space between them (or nothing).
local here, channel, origin, ttl, names = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before, others, changed = '', {}, false
local said = redis.call('HGETALL', here)
for i = 1, #said, 2 do
    local expiry, there = string.match(said[i + 1], '^(%d+) (.*)$')
    if said[i] == origin then
        before = there or ''
    elseif tonumber(expiry or 0) <= now then
        redis.call('HDEL', here, said[i])
        changed = true
    else
        others[#others + 1] = there
    end
end
if names == '' then
    redis.call('HDEL', here, origin)
else
    redis.call('HSET', here, origin, string.format('%.0f %s', now + ttl, names))
    redis.call('PEXPIRE', here, ttl)
end
if changed or before ~= names then
    redis.call('PUBLISH', channel, 'here ' .. origin)
end
return others
