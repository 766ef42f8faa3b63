-- Adds what a process has for a room to the room's log, and returns what that process lacks of it: { 1 if it may
-- have missed something, entries }. All in one step, so that what the process has for the log is there as a whole
-- and in its order, or not at all.
-- KEYS: the log. ARGV: the room's channel, who asks, the id of the last entry that it has (or nothing), how many
-- entries the log keeps, how many one has who has none, how many are returned at once, for how many seconds an
-- abandoned log stays; then a number and an event for each message.
local log, channel, origin, last = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
for i = 8, #ARGV, 2 do
    redis.call('XADD', log, 'MAXLEN', ARGV[4], '*', 'from', origin, 'number', ARGV[i], 'event', ARGV[i + 1])
end
redis.call('EXPIRE', log, ARGV[7])
if #ARGV > 7 then
    redis.call('PUBLISH', channel, 'said ' .. origin)
end
if last == '' then
    local newest = redis.call('XREVRANGE', log, '+', '-', 'COUNT', ARGV[5])
    local entries = {}
    for i = #newest, 1, -1 do
        entries[#entries + 1] = newest[i]
    end
    return { 0, entries }
end
-- The entry may be gone: by the log's limit, or with a Redis that came back without it. Then all that is left is
-- returned, and who asks knows what it has had.
if last == '0-0' then
    -- Who has seen it empty has missed some if it is full: it may have been more.
    local isFull = redis.call('XLEN', log) >= tonumber(ARGV[4])
    return { isFull and 1 or 0, redis.call('XRANGE', log, '(0-0', '+', 'COUNT', ARGV[6]) }
end
if #redis.call('XRANGE', log, last, last) == 1 then
    return { 0, redis.call('XRANGE', log, '(' .. last, '+', 'COUNT', ARGV[6]) }
end
return { 1, redis.call('XRANGE', log, '-', '+', 'COUNT', ARGV[6]) }
