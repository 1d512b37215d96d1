#!lua name=turnout
-- number 1
-- Raised with every change to this file once it has been in use: of two servers with other libraries, the one with the
-- higher number is served, and the other one says that it is older (store/function_library).

-- The part of turnoutd that runs inside Redis. It compares, then writes; it knows no rule of elections. What is to be
-- written was decided by the server (service/tally), on what it knew of the communes; here it is written only where
-- the communes are still as the server knew them. proto/redis.md describes the keys.
--
-- A function is one atomic step for everybody else, but Redis does not undo what a failed function has written. So
-- each one reads and checks everything first, in which it may fail; then it writes, in which it cannot. Every error of
-- ours begins with the word TURNOUT.

local EXACT_MAX = 9007199254740991 -- 2^53 - 1: up to here Lua counts exactly

-- Redis passes a table to a command as arguments on Lua's stack, which is bounded. Even: a pair is never torn.
local ARGUMENTS_MAX = 4000

-- What a province's totals are sums of, in the order in which a commune's change names them.
local SUMS = {
    'voted', 'registered', 'units_reported', 'registered_reported', 'units_final', 'units_complete', 'held', 'revision',
}
local CHANGE = '^(-?%d+) (-?%d+) (-?%d+) (-?%d+) (-?%d+) (-?%d+) (-?%d+) (-?%d+) (%d+)(.*)$'
local AS_OF = #SUMS + 1 -- not a sum: the latest

local function refuse(text)
    error({err = 'TURNOUT ' .. text})
end

-- A count as Redis holds it; absent is 0.
local function count_of(text, key, field)
    if not text then
        return 0
    end
    local number = string.find(text, '^%d+$') and tonumber(text)
    if not number or number > EXACT_MAX then
        refuse(key .. ' ' .. field .. ' is not a count')
    end
    return number
end

-- Calls `command key` with args[first] .. args[last], piece by piece.
local function call_with(command, key, args, first, last)
    for from = first, last, ARGUMENTS_MAX do
        redis.call(command, key, unpack(args, from, math.min(from + ARGUMENTS_MAX - 1, last)))
    end
end

---- committing ----

-- A commune's part of a commit: six arguments, then as many as the sixth says.
local CODE, EXPECTED, WORDS, CHANGED, LINES, SHAPE, PART = 0, 1, 2, 3, 4, 5, 6
local SHAPE_PATTERN = '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$'

local FLAGGED_MAX = 1000 -- of a province; the newest stay

-- The parts of a commit, from args[4] on, and the codes of their communes.
local function parts_of(args)
    local parts, codes, at = {}, {}, 4
    while args[at] do
        local units, silenced, aside, held, decided, ledger, flagged, unflagged =
            string.match(args[at + SHAPE] or '', SHAPE_PATTERN)
        if not units then
            refuse('the commit has no shape')
        end
        local part = {at = at, units = at + PART}
        part.silenced = part.units + 2 * units
        part.aside = part.silenced + silenced
        part.held = part.aside + 2 * aside
        part.decided = part.held + 3 * held
        part.ledger = part.decided + decided
        part.flagged = part.ledger + ledger
        part.unflagged = part.flagged + 2 * flagged
        at = part.unflagged + unflagged
        if at > #args + 1 then
            refuse('the commit is shorter than it says')
        end
        parts[#parts + 1] = part
        codes[#codes + 1] = args[part.at + CODE]
    end
    return parts, codes
end

-- Adds a commune's change to the sums, which are by number, and to the rounds, which are by field: `round:3`, `late:3`.
local function add_change(text, sums, rounds)
    local numbers = {string.match(text, CHANGE)}
    if not numbers[1] then
        refuse('"' .. text .. '" is not a change')
    end
    for i = 1, #SUMS do
        sums[i] = sums[i] + numbers[i]
    end
    sums[AS_OF] = math.max(sums[AS_OF], tonumber(numbers[AS_OF]))
    if string.gsub(numbers[AS_OF + 1], ' %l+:%d+:%-?%d+', '') ~= '' then
        refuse('"' .. text .. '" is not a change')
    end
    for field, units in string.gmatch(numbers[AS_OF + 1], ' (%l+:%d+):(-?%d+)') do
        rounds[field] = (rounds[field] or 0) + units
    end
end

-- The province's totals with the changes added, as HSET's pairs.
local function totals_after(key, sums, rounds)
    local fields, added = {}, {}
    for i = 1, #SUMS do
        fields[i], added[i] = SUMS[i], sums[i]
    end
    fields[AS_OF], added[AS_OF] = 'as_of', 0
    for field, units in pairs(rounds) do
        fields[#fields + 1], added[#added + 1] = field, units
    end
    local values, pairs_after = redis.call('HMGET', key, unpack(fields)), {}
    for i = 1, #fields do
        local number = count_of(values[i], key, fields[i]) + added[i]
        if i == AS_OF then
            number = math.max(number, sums[AS_OF])
        end
        if number < 0 or number > EXACT_MAX then
            refuse(key .. ' ' .. fields[i] .. ' would leave its range')
        end
        pairs_after[2 * i - 1], pairs_after[2 * i] = fields[i], string.format('%.0f', number)
    end
    return pairs_after
end

-- Redis makes the ids of a stream of its clock; where the last one is of the end of time, there is no next one.
local function check_stream(key)
    local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
    if last and string.find(last[1], '^%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d') then
        refuse(key .. ' is full')
    end
end

-- These fail where the key is of another kind.
local function check_kinds(units_key, log_key, held_key, waiting_key, aside_key, ledger_key, flagged_key)
    redis.call('HLEN', units_key)
    check_stream(log_key)
    redis.call('HLEN', held_key)
    redis.call('ZCARD', waiting_key)
    redis.call('HLEN', aside_key)
    check_stream(ledger_key)
    redis.call('ZCARD', flagged_key)
end

-- The last word of a commune's words.
local function last_entry(words, key, commune)
    return string.match(words, ' (%d+%-%d+)$') or string.match(words, ' (%-)$') or
           refuse(key .. ' ' .. commune .. ' does not name its last entry')
end

local function check_received(args, part)
    for at = part.held, part.decided - 1, 3 do
        if not string.find(args[at + 1], '^%d+$') then
            refuse('held ' .. args[at] .. ' has no order')
        end
    end
    for at = part.flagged, part.unflagged - 1, 2 do
        if not string.find(args[at], '^%d+$') then
            refuse('flagged ' .. args[at + 1] .. ' was not received at a time')
        end
    end
end

local function trim_flagged(key)
    local excess = redis.call('ZCARD', key) - FLAGGED_MAX
    if excess > 0 then
        call_with('ZREM', key, redis.call('ZRANGE', key, 0, excess - 1), 1, excess)
    end
end

-- What a province's commits are compared with first.
local function ground_of(totals_key)
    local ground = redis.call('HMGET', totals_key, 'generation', 'digest', 'phase')
    if not ground[1] or not ground[2] or not ground[3] then
        refuse(totals_key .. ' was never seeded')
    end
    return ground
end

-- Writes the communes that are still as the server knew them, and their changes to the province's totals.
--   keys  totals, communes, units, log, held, waiting, aside, ledger, flagged
--   args  generation, digest and phase that the server decided under; then a part for each commune: its code; the
--         beginning of its words as the server knew them; its words now; its change; its log lines; its shape, how many
--         follow of: units (code, words), units that are silent again (code), units with reports set aside (code,
--         words), reports to hold (id, order, line), held reports that were decided (id), ledger lines, reports that
--         count and broke a rule (received, words), such that do not count any more (words)
-- Returns `done`, then for each commune its words as they now stand, or '' where it was another and nothing of it was
-- written. Or, where nothing at all was written, `ground` and the generation, digest and phase that stand.
local function turnout_commit(keys, args)
    local totals_key, communes_key, units_key, log_key, held_key, waiting_key, aside_key, ledger_key, flagged_key =
        unpack(keys)
    local ground = ground_of(totals_key)
    if ground[1] ~= args[1] or ground[2] ~= args[2] or ground[3] ~= args[3] then
        return {'ground', ground[1], ground[2], ground[3]}
    end
    local parts, codes = parts_of(args)
    if #parts == 0 then
        refuse('the commit is empty')
    end
    local standing = redis.call('HMGET', communes_key, unpack(codes))
    local answer, sums, rounds = {'done'}, {0, 0, 0, 0, 0, 0, 0, 0, 0}, {}
    local matches = false
    for i = 1, #parts do
        local expected = args[parts[i].at + EXPECTED]
        if not standing[i] then
            refuse(communes_key .. ' ' .. codes[i] .. ' was never seeded')
        end
        if string.sub(standing[i], 1, #expected) == expected then
            answer[i + 1] = args[parts[i].at + WORDS]
            parts[i].previous = last_entry(standing[i], communes_key, codes[i])
            add_change(args[parts[i].at + CHANGED], sums, rounds)
            check_received(args, parts[i])
            matches = true
        else
            answer[i + 1] = ''
        end
    end
    if not matches then
        return answer
    end
    check_kinds(units_key, log_key, held_key, waiting_key, aside_key, ledger_key, flagged_key)
    local totals = totals_after(totals_key, sums, rounds)

    -- Nothing below can fail.
    for i = 1, #parts do
        local part, words = parts[i], answer[i + 1]
        if words ~= '' then
            local id = redis.call('XADD', log_key, '*', 'commune', codes[i], 'previous', part.previous, 'lines',
                                  args[part.at + LINES])
            redis.call('HSET', communes_key, codes[i], words .. ' ' .. id)
            call_with('HSET', units_key, args, part.units, part.silenced - 1)
            call_with('HDEL', units_key, args, part.silenced, part.aside - 1)
            call_with('HSET', aside_key, args, part.aside, part.held - 1)
            for at = part.held, part.decided - 1, 3 do
                redis.call('HSET', held_key, args[at], args[at + 2])
                redis.call('ZADD', waiting_key, args[at + 1], args[at])
            end
            call_with('HDEL', held_key, args, part.decided, part.ledger - 1)
            call_with('ZREM', waiting_key, args, part.decided, part.ledger - 1)
            for at = part.ledger, part.flagged - 1 do
                redis.call('XADD', ledger_key, '*', 'line', args[at])
            end
            call_with('ZADD', flagged_key, args, part.flagged, part.unflagged - 1)
            call_with('ZREM', flagged_key, args, part.unflagged, (parts[i + 1] and parts[i + 1].at or #args + 1) - 1)
        end
    end
    trim_flagged(flagged_key)
    redis.call('HSET', totals_key, unpack(totals))
    return answer
end

redis.register_function('turnout_commit', turnout_commit)

---- reading ----

local function register_reader(name, callback)
    redis.register_function({function_name = name, callback = callback, flags = {'no-writes'}})
end

local function read_fields(key, fields, first)
    local values = {}
    for from = first, #fields, ARGUMENTS_MAX do
        local part = redis.call('HMGET', key, unpack(fields, from, math.min(from + ARGUMENTS_MAX - 1, #fields)))
        for i = 1, #part do
            values[#values + 1] = part[i]
        end
    end
    return values
end

-- What stands of a commune.
--   keys  totals, communes, units, aside
--   args  the commune; its units
-- Returns generation, digest, phase; the commune's words; its units' words, nil for a silent one; and the words of
-- their reports that were set aside, nil for none, or no list at all where no unit of the province has any.
register_reader('turnout_load', function(keys, args)
    local ground = ground_of(keys[1])
    local words = redis.call('HGET', keys[2], args[1])
    if not words then
        refuse(keys[2] .. ' ' .. args[1] .. ' was never seeded')
    end
    local aside = redis.call('HLEN', keys[4]) > 0 and read_fields(keys[4], args, 2) or {}
    return {ground[1], ground[2], ground[3], words, read_fields(keys[3], args, 2), aside}
end)

-- The units that are excused, each with its words among the excuses and among the units, '' for a silent one.
local function excused_of(excused_key, units_key)
    local excused, answer = redis.call('HGETALL', excused_key), {}
    for i = 1, #excused, 2 do
        answer[#answer + 1] = excused[i]
        answer[#answer + 1] = excused[i + 1]
        answer[#answer + 1] = redis.call('HGET', units_key, excused[i]) or ''
    end
    return answer
end

-- A province at one instant.
--   keys  totals, communes, units, excused
--   args  the revision and the number of excuses that the caller knows, -1 for none
-- Returns nil while both stand; else the fields and values of both hashes, and the units that are excused.
register_reader('turnout_read', function(keys, args)
    local version = redis.call('HMGET', keys[1], 'revision', 'excuses')
    if not version[1] then
        refuse(keys[1] .. ' was never seeded')
    end
    if version[1] == args[1] and (version[2] or '0') == args[2] then
        return false
    end
    return {redis.call('HGETALL', keys[1]), redis.call('HGETALL', keys[2]), excused_of(keys[4], keys[3])}
end)

-- A province with its units at one instant, for a bulletin.
--   keys  totals, communes, units, excused, ledger
-- Returns what turnout_read does; then the fields and values of the units, and the id of the ledger's last entry, ''
-- when it has none.
register_reader('turnout_read_units', function(keys)
    ground_of(keys[1])
    local last = redis.call('XREVRANGE', keys[5], '+', '-', 'COUNT', 1)[1]
    return {redis.call('HGETALL', keys[1]), redis.call('HGETALL', keys[2]), excused_of(keys[4], keys[3]),
            redis.call('HGETALL', keys[3]), last and last[1] or ''}
end)

-- Whether one id of a stream is of an earlier entry than another; `-` is before all.
local function is_before(id, other)
    local ms, seq = string.match(id, '^(%d+)%-(%d+)$')
    local other_ms, other_seq = string.match(other, '^(%d+)%-(%d+)$')
    if not ms then
        return id == '-'
    end
    ms, other_ms = tonumber(ms), tonumber(other_ms)
    return ms < other_ms or (ms == other_ms and tonumber(seq) < tonumber(other_seq))
end

-- A commune's log, newest entries first.
--   keys  communes, log
--   args  the commune; the entry to begin with, '' for the newest; how many at most
-- Returns the id of the entry before the last one returned, `-` when there is none; then each entry's id and lines. Or
-- nil where the entry to begin with is none of the commune's.
register_reader('turnout_log', function(keys, args)
    local words = redis.call('HGET', keys[1], args[1])
    if not words then
        refuse(keys[1] .. ' ' .. args[1] .. ' was never seeded')
    end
    local id = args[2] ~= '' and args[2] or last_entry(words, keys[1], args[1])
    local answer = {id}
    while id ~= '-' and #answer <= 2 * tonumber(args[3]) do
        local entry = redis.call('XRANGE', keys[2], id, id)[1]
        local fields = entry and entry[2] or {}
        if fields[2] ~= args[1] or fields[3] ~= 'previous' then
            if id == args[2] then
                return false
            end
            refuse(keys[2] .. ' ' .. id .. ' is no entry of ' .. args[1])
        end
        if not is_before(fields[4], id) then
            refuse(keys[2] .. ' ' .. id .. ' does not come after the one before it')
        end
        answer[#answer + 1] = id
        answer[#answer + 1] = fields[6]
        id = fields[4]
    end
    answer[1] = id
    return answer
end)

-- Whether a text comes behind another, byte by byte, as Redis sorts; Lua's own order is of the machine's language.
local function is_behind(text, other)
    for i = 1, #text do
        local byte, other_byte = string.byte(text, i), string.byte(other, i) or -1
        if byte ~= other_byte then
            return byte > other_byte
        end
    end
    return false
end

-- What waits in a province, in the order in which it is listed.
--   keys  waiting
--   args  the order and the id to begin behind, 0 and '' for the beginning; how many at most
-- Returns how many wait in all; then the order and the id of each.
register_reader('turnout_waiting', function(keys, args)
    local most, answer = tonumber(args[3]), {redis.call('ZCARD', keys[1])}
    local from = redis.call('ZCOUNT', keys[1], '-inf', '(' .. args[1])
    repeat
        local part = redis.call('ZRANGE', keys[1], from, from + most - 1, 'WITHSCORES')
        for i = 1, #part, 2 do
            local id, order = part[i], part[i + 1]
            if #answer <= 2 * most and (order ~= args[1] or is_behind(id, args[2])) then
                answer[#answer + 1] = order
                answer[#answer + 1] = id
            end
        end
        from = from + most
    until #part == 0 or #answer > 2 * most
    return answer
end)

---- seeding and changing the election ----

-- Writes down a province and its communes, where they are not there yet.
--   keys  totals, communes, then every other key of the province
--   args  generation, digest, the province's roll; its communes and their words in turn
-- Returns 1 when it wrote, 0 when the province was there. A province that has lost its totals but not the rest is
-- refused: counting on from zero would be wrong.
redis.register_function('turnout_seed', function(keys, args)
    if redis.call('EXISTS', keys[1]) == 1 then
        return 0
    end
    if redis.call('EXISTS', unpack(keys, 2)) > 0 then
        refuse(keys[1] .. ' is missing, but other keys of its province are there')
    end
    local totals = {'generation', args[1], 'digest', args[2], 'phase', 'rehearsal', 'as_of', '0'}
    for i = 1, #SUMS do
        totals[#totals + 1] = SUMS[i]
        totals[#totals + 1] = SUMS[i] == 'registered' and args[3] or '0'
    end

    call_with('HSET', keys[2], args, 4, #args)
    redis.call('HSET', keys[1], unpack(totals))
    return 1
end)

-- Begins a change of a field of the election's meta. Its calls name its number, so that one that comes late, when
-- another change has begun, does nothing.
--   keys  meta
--   args  the generation; the field, and the value that must stand
-- Returns the number, which is that of the election's changes now; or 0 where another generation or value stands: then
-- nothing was changed.
redis.register_function('turnout_change_begin', function(keys, args)
    local schema, generation, standing, changes =
        unpack(redis.call('HMGET', keys[1], 'schema', 'generation', args[2], 'changes'))
    if not schema then
        refuse(keys[1] .. ' was never seeded')
    end
    changes = count_of(changes, keys[1], 'changes')
    if generation ~= args[1] or standing ~= args[3] then
        return 0
    end
    redis.call('HSET', keys[1], 'changes', string.format('%.0f', changes + 1))
    return changes + 1
end)

-- Takes a province into a phase.
--   keys  totals; where nothing may have been reported: every other key that reports leave something in
--   args  the generation; the number of the change; the phase, or `opening`: until the change is at its end no commit
--         is decided under it; or `look`, whatever the number: whether the province could be opened
-- Returns 1; 2 for `look` where an opening was interrupted; 0 where one of the other keys is there, and the province is
-- not open or is to go back to the rehearsal; -1 where a later change has reached the province, or it is of another
-- generation. Only for 1 was anything changed.
redis.register_function('turnout_phase', function(keys, args)
    local ground = ground_of(keys[1])
    local number, wanted = tonumber(args[2]), args[3]
    local last = count_of(redis.call('HGET', keys[1], 'change'), keys[1], 'change')
    -- An opening may have been taken back before it gets here.
    local is_late = number < last or (number == last and wanted == 'opening')
    if ground[1] ~= args[1] or (is_late and wanted ~= 'look') then
        return -1
    end
    local is_silent = #keys == 1 or redis.call('EXISTS', unpack(keys, 2)) == 0
    if not is_silent and (ground[3] ~= 'open' or wanted == 'rehearsal') then
        return 0
    end
    if wanted == 'look' then
        return ground[3] == 'rehearsal' and 1 or 2
    end
    if is_silent then
        redis.call('HSET', keys[1], 'phase', wanted, 'change', args[2])
    end
    return 1
end)

-- Changes a field of the election's meta, and says so in its ledger.
--   keys  meta, ledger
--   args  the generation; the number of the change; the field; its new value; the ledger's line; where the public is
--         shown from then on what it was shown at that moment: the name under which every province keeps it
-- Returns 1, or 0 where another change has begun meanwhile, or after a reset: then nothing was changed. What the public
-- is shown is noted with the number of the last bulletin: a later one takes its place. An election that closes is due a
-- bulletin.
redis.register_function('turnout_set', function(keys, args)
    local schema, generation, changes, bulletin =
        unpack(redis.call('HMGET', keys[1], 'schema', 'generation', 'changes', 'bulletin'))
    if not schema then
        refuse(keys[1] .. ' was never seeded')
    end
    check_stream(keys[2])
    if generation ~= args[1] or changes ~= args[2] then
        return 0
    end
    redis.call('HSET', keys[1], args[3], args[4])
    redis.call('XADD', keys[2], '*', 'line', args[5])
    if args[6] then
        redis.call('HSET', keys[1], 'shown', args[6] .. ' ' .. (bulletin or '0'))
    end
    if args[4] == 'closed' then
        redis.call('HSET', keys[1], 'bulletin_closing', '1')
    end
    return 1
end)

-- Gives a province another generation, where it was seeded.
--   keys  totals
--   args  the generation
-- Returns 1, or 0 where the province is not there. Doing it again changes nothing.
redis.register_function('turnout_renew', function(keys, args)
    if redis.call('EXISTS', keys[1]) == 0 then
        return 0
    end
    ground_of(keys[1])
    redis.call('HSET', keys[1], 'generation', args[1])
    return 1
end)

-- A turn of a change of the register, as the change has it: `<generation>.<number>`.
local TURN = '^(.+)%.(%d+)$'

-- Ends an acceptance of a loss: the election has the generation that its provinces were given, and so has a change of
-- the register that is under way.
--   keys  meta, ledger, change
--   args  the generation, as in meta's `renewing`; the one that the server's memory names; the ledger's line
-- Returns 1, or 0 when meta's `renewing` is another: then nothing was changed. Both generations that were are given up.
redis.register_function('turnout_accept', function(keys, args)
    local standing = redis.call('HMGET', keys[1], 'renewing', 'generation', 'given_up')
    local turn = redis.call('HGET', keys[3], 'turn')
    check_stream(keys[2])
    if standing[1] ~= args[1] then
        return 0
    end
    local given_up = {standing[3] or nil, standing[2] or nil, args[2] ~= standing[2] and args[2] or nil}
    local words = {}
    for i = 1, 3 do
        words[#words + 1] = given_up[i]
    end
    redis.call('HSET', keys[1], 'generation', args[1], 'given_up', table.concat(words, ' '))
    redis.call('HDEL', keys[1], 'renewing')
    redis.call('XADD', keys[2], '*', 'line', args[3])
    if turn then
        redis.call('HSET', keys[3], 'turn', (string.gsub(turn, '^.+%.', args[1] .. '.')))
    end
    return 1
end)

---- taking up another register ----

-- A change of the register goes forth or back, and turns when somebody goes the other way. Turns are numbered: an even
-- one goes forth, an odd one back. Every call but the first says the turn that it belongs to, so that one that comes
-- late, when others have turned the change or ended it, does nothing. A first call that comes late leaves an
-- interrupted change.

-- Notes down a change of the register before anything of it is done, so that an interrupted one can be continued; or
-- goes on with it, also where it was going back.
--   keys  meta, change
--   args  the digest that must stand, the digest that is wanted; then fields of the change and their values in turn, or
--         none, to go on with it only where it was noted down
-- Returns `begun` and the turn; `busy` and the digest that another change is to; or `other` and the digest that stands.
-- What was noted down before stands.
redis.register_function('turnout_register_begin', function(keys, args)
    local meta = redis.call('HMGET', keys[1], 'digest', 'generation', 'turn')
    local to, turn = unpack(redis.call('HMGET', keys[2], 'to', 'turn'))
    local number = count_of(meta[3], keys[1], 'turn')
    if to and to ~= args[2] then
        return {'busy', to}
    end
    if meta[1] ~= args[1] or not meta[2] or not (to or args[3]) then
        return {'other', meta[1] or ''}
    end
    if to and turn and number % 2 == 0 then
        return {'begun', turn}
    end
    number = string.format('%.0f', number + 2 - number % 2)
    turn = meta[2] .. '.' .. number
    if not to then
        call_with('HSET', keys[2], args, 3, #args)
    end
    redis.call('HSET', keys[2], 'from', args[1], 'to', args[2], 'turn', turn)
    redis.call('HSET', keys[1], 'turn', number)
    return {'begun', turn}
end)

-- Turns a change back: from then on it is given up, unless somebody begins it again.
--   keys  meta, change
--   args  the turn that it is in
-- Returns the turn that goes back, also where it is that already; '' where the change is in another turn, or is not
-- there.
redis.register_function('turnout_register_back', function(keys, args)
    local turn = redis.call('HGET', keys[2], 'turn')
    local generation, number = string.match(args[1], TURN)
    if not number or turn ~= args[1] then
        return ''
    end
    if number % 2 == 0 then
        number = string.format('%.0f', number + 1)
        turn = generation .. '.' .. number
        redis.call('HSET', keys[2], 'turn', turn)
        redis.call('HSET', keys[1], 'turn', number)
    end
    return turn
end)

-- Whether a unit counts, or something of it waits for a decision. A report that was set aside has eleven words.
local function is_heard(units, aside, unit)
    if redis.call('HEXISTS', units, unit) == 1 then
        return true
    end
    local at = 0
    for word in string.gmatch(redis.call('HGET', aside, unit) or '', '%S+') do
        if at % 11 == 0 and word == 'held' then
            return true
        end
        at = at + 1
    end
    return false
end

-- Which of these units are not silent under the register before a change. A province that has taken its step has
-- another register; what it heard since does not stand in the change's way.
--   keys  totals, units, aside
--   args  the digest before the change; the units
-- Returns 1 or 0 for each.
register_reader('turnout_heard', function(keys, args)
    local is_before, heard = ground_of(keys[1])[2] == args[1], {}
    for i = 2, #args do
        heard[i - 1] = is_before and is_heard(keys[2], keys[3], args[i]) and 1 or 0
    end
    return heard
end)

-- A commune's words with another roll.
local function words_with_roll(words, key, commune, by)
    local before, roll, behind = string.match(words, '^(%d+ %x+ %d+ )(%d+)( .*)$')
    if not before then
        refuse(key .. ' ' .. commune .. ': not the words of a commune')
    end
    local now = count_of(roll, key, commune) + by
    if now < 0 or now > EXACT_MAX then
        refuse(key .. ' ' .. commune .. ': the roll would leave its range')
    end
    return before .. string.format('%.0f', now) .. behind
end

-- Takes a province from one register to another, or back again.
--   keys  totals, communes, units, aside
--   args  the digest that must stand; the digest that is wanted; the turn; the words of a commune that counts nothing;
--         the steps, each `<what> <code> <number>` and a newline: `unit`: it must be silent; `commune`: it is added,
--         where it is not there; `roll`: the commune's roll changes by the number. A turn that goes back undoes them
-- Returns `done`, also where the wanted digest stands; `heard` and the units that are not silent; `other` and the
-- digest that stands; or `overtaken` where the province has seen a later turn, or is of another generation. Only where
-- it is done was anything written but the turn.
redis.register_function('turnout_register_step', function(keys, args)
    local ground = ground_of(keys[1])
    local generation, number = string.match(args[3], TURN)
    if generation ~= ground[1] or tonumber(number) < count_of(redis.call('HGET', keys[1], 'turn'), keys[1], 'turn') then
        return {'overtaken'}
    end
    if ground[2] ~= args[1] then
        redis.call('HSET', keys[1], 'turn', number)
        return ground[2] == args[2] and {'done'} or {'other', ground[2]}
    end
    local sign, communes, gone, heard, moved = number % 2 == 0 and 1 or -1, {}, {}, {'heard'}, 0
    for what, code, number in string.gmatch(args[5], '(%a+) (%S+) (-?%d+)\n') do
        if what == 'unit' and is_heard(keys[3], keys[4], code) then
            heard[#heard + 1] = code
        elseif what == 'commune' and sign > 0 then
            communes[code] = redis.call('HGET', keys[2], code) or args[4]
        elseif what == 'commune' then
            gone[code] = true
        elseif what == 'roll' then
            local words = communes[code] or redis.call('HGET', keys[2], code)
            if not words then
                refuse(keys[2] .. ' ' .. code .. ' was never seeded')
            end
            communes[code] = words_with_roll(words, keys[2], code, sign * number)
            moved = moved + sign * number
        end
    end
    if #heard > 1 then
        return heard
    end
    local registered = count_of(redis.call('HGET', keys[1], 'registered'), keys[1], 'registered') + moved
    if registered < 0 or registered > EXACT_MAX then
        refuse(keys[1] .. ' registered would leave its range')
    end

    -- Nothing below can fail.
    for code, words in pairs(communes) do
        if gone[code] then
            redis.call('HDEL', keys[2], code)
        else
            redis.call('HSET', keys[2], code, words)
        end
    end
    for code in pairs(gone) do
        redis.call('HDEL', keys[2], code)
    end
    redis.call('HSET', keys[1], 'registered', string.format('%.0f', registered), 'digest', args[2], 'turn', number)
    return {'done'}
end)

-- Ends a change of the register in which every province has taken its step: it is taken up, or given up.
--   keys  meta, ledger, change
--   args  the turn; the digest that is wanted: of the register after, or before where the turn goes back
-- Returns 1; 0 where the change was ended before as is wanted; -1 where it is in another turn, or was ended otherwise.
-- Only for 1 was anything written.
redis.register_function('turnout_register_end', function(keys, args)
    local change = {}
    local pairs_of = redis.call('HGETALL', keys[3])
    local meta = redis.call('HMGET', keys[1], 'schema', 'digest')
    check_stream(keys[2])
    for i = 1, #pairs_of, 2 do
        change[pairs_of[i]] = pairs_of[i + 1]
    end
    if change.turn ~= args[1] or not meta[1] then
        return not change.turn and meta[2] == args[2] and 0 or -1
    end
    if args[2] == change.to then
        redis.call('HSET', keys[1], 'digest', change.to, 'files', change.files or '')
        for line in string.gmatch(change.lines or '', '[^\n]+') do
            redis.call('XADD', keys[2], '*', 'line', line)
        end
    end
    for field in pairs(change) do
        redis.call('HDEL', keys[3], field)
    end
    return 1
end)

-- Notes why a unit is not heard, or ends that.
--   keys  totals, units, excused
--   args  the unit; the words, '' to end it; `silent` where the unit may count nothing, '' where it may
-- Returns 1, or 0 where the unit counts something and may not: then nothing was changed.
redis.register_function('turnout_excuse', function(keys, args)
    ground_of(keys[1])
    redis.call('HLEN', keys[3])
    local excuses = count_of(redis.call('HGET', keys[1], 'excuses'), keys[1], 'excuses')
    if args[3] == 'silent' and redis.call('HEXISTS', keys[2], args[1]) == 1 then
        return 0
    end
    if args[2] == '' then
        redis.call('HDEL', keys[3], args[1])
    else
        redis.call('HSET', keys[3], args[1], args[2])
    end
    redis.call('HSET', keys[1], 'excuses', string.format('%.0f', excuses + 1))
    return 1
end)

-- Writes something, so that the answer comes after an fdatasync: what stands is durable then, whoever wrote it.
--   keys  meta
--   args  Unix milliseconds
redis.register_function('turnout_settle', function(keys, args)
    if redis.call('HEXISTS', keys[1], 'schema') == 0 then
        refuse(keys[1] .. ' was never seeded')
    end
    redis.call('HSET', keys[1], 'settled', args[1])
    return 1
end)

---- bulletins ----

-- Passes over numbers: those up to this one were given before, by an election that was reset, or after the copy that
-- this Redis was put back from.
--   keys  meta
--   args  the number
redis.register_function('turnout_bulletin_pass', function(keys, args)
    local number = count_of(args[1], keys[1], 'bulletin_passed')
    if redis.call('HEXISTS', keys[1], 'schema') == 0 then
        refuse(keys[1] .. ' was never seeded')
    end
    if number > count_of(redis.call('HGET', keys[1], 'bulletin_passed'), keys[1], 'bulletin_passed') then
        redis.call('HSET', keys[1], 'bulletin_passed', args[1])
    end
    return 1
end)

-- Begins a bulletin, unless one is under way: it has a number from now on, and every server knows that it is to be
-- frozen.
--   keys  meta
--   args  Unix seconds; the label, '' where the bulletin that is due is passed over; what it is due for: a moment in
--         Unix seconds, later than those before; `closing`, once for each closing; or '' when a person asks for it
-- Returns its number; 0 when none is due, -1 when one is under way: then nothing was changed.
redis.register_function('turnout_bulletin_begin', function(keys, args)
    local meta = redis.call('HMGET', keys[1], 'schema', 'phase', 'bulletin', 'bulletin_begun', 'bulletin_due',
                            'bulletin_closing', 'bulletin_passed')
    if not meta[1] or not meta[2] then
        refuse(keys[1] .. ' was never seeded')
    end
    local due = args[3] ~= '' and args[3] ~= 'closing' and count_of(args[3], keys[1], 'bulletin_due')
    local number = math.max(count_of(meta[3], keys[1], 'bulletin'), count_of(meta[7], keys[1], 'bulletin_passed')) + 1
    if meta[4] then
        return -1
    end
    if (args[3] == 'closing' and not meta[6]) or (due and due <= count_of(meta[5], keys[1], 'bulletin_due')) then
        return 0
    end
    if due then
        redis.call('HSET', keys[1], 'bulletin_due', args[3])
    elseif args[3] == 'closing' then
        redis.call('HDEL', keys[1], 'bulletin_closing')
    end
    if args[2] == '' then
        return 0
    end
    redis.call('HSET', keys[1], 'bulletin_begun', string.format('%.0f %s %s %s', number, args[1],
               meta[2] == 'rehearsal' and 'rehearsal' or 'unofficial', args[2]))
    return number
end)

-- Ends a bulletin of which every province is frozen.
--   keys  meta, bulletins
--   args  its number; the nation's files
-- Returns 1, or 0 when it is not under way: then nothing was changed.
redis.register_function('turnout_bulletin_end', function(keys, args)
    local begun = redis.call('HGET', keys[1], 'bulletin_begun')
    if not begun or string.match(begun, '^%d+') ~= args[1] then
        return 0
    end
    redis.call('HSETNX', keys[2], args[1], args[2])
    redis.call('HSET', keys[1], 'bulletin', args[1])
    redis.call('HDEL', keys[1], 'bulletin_begun')
    return 1
end)

---- milestones ----

-- Tells milestones, unless others were told that the caller does not know of.
--   keys  meta, milestones
--   args  the id of the last entry that the caller knows, '' for none; the lines, each ended by a newline
-- Returns 1, or 0 where another entry is the last: then nothing was written.
redis.register_function('turnout_tell', function(keys, args)
    if redis.call('HEXISTS', keys[1], 'schema') == 0 then
        refuse(keys[1] .. ' was never seeded')
    end
    check_stream(keys[2])
    local last = redis.call('XREVRANGE', keys[2], '+', '-', 'COUNT', 1)[1]
    if (last and last[1] or '') ~= args[1] then
        return 0
    end
    for line in string.gmatch(args[2], '[^\n]+') do
        redis.call('XADD', keys[2], '*', 'line', line)
    end
    return 1
end)
