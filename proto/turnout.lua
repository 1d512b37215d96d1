#!lua name=turnout

-- The part of turnoutd that runs inside Redis: it decides what becomes of reports and keeps the running totals.
-- proto/redis.md describes the keys; include/turnout/election/rules.h is the same decision in C, and the store
-- tests hold the two against each other.
--
-- A function is one atomic step for everybody else, but Redis does not undo what a failed function has written.
-- So each one works in two phases: read and check everything, in which it may fail; then write, in which it
-- cannot. Every error of ours begins with the word TURNOUT.

local EXACT_MAX = 9007199254740991 -- 2^53 - 1: up to here Lua counts exactly

-- Redis passes a table to a command as arguments on Lua's stack, which is bounded.
local ARGUMENTS_MAX = 4000

-- A batch is one flat array of text, because most of a report is only passed on. A report takes WIDTH places of
-- it, the first at `at`: r[at + SEQ] and so on. Absent values are empty.
local UNIT, COMMUNE, LISTED, SEQ, AS_OF, AS_OF_TEXT, VOTED, REGISTERED = 0, 1, 2, 3, 4, 5, 6, 7
local KIND, REASON, NOTE, KEY, SIG, DIGEST, ROUND, RECEIVED = 8, 9, 10, 11, 12, 13, 14, 15
local WIDTH = 16

-- The totals of an area as they are kept here: the counts in this order, then one for each round in the batch.
local COUNTS = {
    'voted', 'registered', 'units_reported', 'registered_reported', 'units_final', 'units_complete',
    'revision', 'dup_seen', 'as_of',
}
local C_VOTED, C_REGISTERED, C_UNITS_REPORTED, C_REGISTERED_REPORTED = 1, 2, 3, 4
local C_UNITS_FINAL, C_UNITS_COMPLETE = 5, 6
local C_REVISION, C_DUP_SEEN, C_AS_OF = 7, 8, 9

local NO_DIGEST = '00000000000000000000000000000000'

local function refuse(text)
    error({err = 'TURNOUT ' .. text})
end

-- A count as Redis holds it; absent is 0.
local function number_of(text, key, field)
    if not text then
        return 0
    end
    local number = string.find(text, '^%d+$') and tonumber(text)
    if not number or number > EXACT_MAX then
        refuse(key .. ' ' .. field .. ' is not a count')
    end
    return number
end

-- HMGET of any number of fields.
local function read_fields(key, fields)
    local values = {}
    for first = 1, #fields, ARGUMENTS_MAX do
        local last = math.min(first + ARGUMENTS_MAX - 1, #fields)
        local part = redis.call('HMGET', key, unpack(fields, first, last))
        for i = 1, #part do
            values[first + i - 1] = part[i]
        end
    end
    return values
end

-- HSET of any number of pairs. ARGUMENTS_MAX is even: a pair is never torn.
local function write_pairs(key, flat_pairs)
    for first = 1, #flat_pairs, ARGUMENTS_MAX do
        local last = math.min(first + ARGUMENTS_MAX - 1, #flat_pairs)
        redis.call('HSET', key, unpack(flat_pairs, first, last))
    end
end

---- units ----

-- What stands recorded of a unit. `text` is how the units hash holds it: the words below, space separated.
local function state_of(text, listed, key, unit)
    text = text or '0 0 ' .. listed .. ' 0 0 progress 0 ' .. NO_DIGEST
    local seq, voted, registered, as_of, kind, round, digest =
        string.match(text, '^(%d+) (%d+) (%d+) (%d+) %d+ (%l+) (%d+) (%x+)$')
    if not seq then
        refuse(key .. ' ' .. unit .. ' is not the state of a unit')
    end
    return {
        seq = tonumber(seq), voted = tonumber(voted), registered = tonumber(registered),
        as_of = tonumber(as_of), kind = kind, round = tonumber(round), digest = digest,
        voted_text = voted, registered_text = registered, text = text,
    }
end

-- The state of every unit in the batch, by its code: several reports of one unit see each other through it.
local function read_states(key, r)
    local units, listed, states = {}, {}, {}
    for at = 1, #r, WIDTH do
        local unit = r[at + UNIT]
        if not states[unit] then
            states[unit] = true
            units[#units + 1] = unit
            listed[#listed + 1] = r[at + LISTED]
        end
    end
    local texts = read_fields(key, units)
    for i = 1, #units do
        states[units[i]] = state_of(texts[i], listed[i], key, units[i])
    end
    return states, units
end

---- totals ----

-- The counts to read and write of an area, and at which of them each round of the batch stands.
local function counts_of_batch(r)
    local names, slots = {}, {}
    for i = 1, #COUNTS do
        names[i] = COUNTS[i]
    end
    for at = 1, #r, WIDTH do
        local round = r[at + ROUND]
        if round ~= '0' and not slots[round] then
            names[#names + 1] = 'round:' .. round
            slots[round] = #names
        end
    end
    return names, slots
end

-- The area whose counts begin at values[first]. `now` is changed as reports are applied; `before` is not.
local function area_of(key, prefix, names, values, first)
    if not values[first + C_REGISTERED - 1] then
        refuse(key .. ' ' .. prefix .. 'registered was never seeded')
    end
    local area = {key = key, prefix = prefix, before = {}, now = {}}
    for i = 1, #names do
        local number = number_of(values[first + i - 1], key, prefix .. names[i])
        area.before[i] = number
        area.now[i] = number
    end
    return area
end

local function read_province(key, names)
    return area_of(key, '', names, read_fields(key, names), 1)
end

-- The communes of the batch, by code and in the order of their first report.
local function read_communes(key, r, names)
    local codes, fields, communes = {}, {}, {}
    for at = 1, #r, WIDTH do
        local commune = r[at + COMMUNE]
        if not communes[commune] then
            communes[commune] = true
            codes[#codes + 1] = commune
            for i = 1, #names do
                fields[#fields + 1] = commune .. ':' .. names[i]
            end
        end
    end
    local values = read_fields(key, fields)
    local in_order = {}
    for i = 1, #codes do
        local area = area_of(key, codes[i] .. ':', names, values, (i - 1) * #names + 1)
        communes[codes[i]] = area
        in_order[i] = area
    end
    return communes, in_order
end

-- A province is the sum of its communes, so what it gains is what they gained. `as_of` is the later one.
local function add_gains(province, commune)
    local as_of = math.max(province.now[C_AS_OF], commune.now[C_AS_OF])
    for i = 1, #commune.now do
        province.now[i] = province.now[i] + commune.now[i] - commune.before[i]
    end
    province.now[C_AS_OF] = as_of
end

-- Appends what changed of an area as HSET's pairs.
local function changed_counts(area, names, ret_pairs)
    for i = 1, #names do
        local number = area.now[i]
        if number ~= area.before[i] then
            if number < 0 or number > EXACT_MAX then
                refuse(area.key .. ' ' .. area.prefix .. names[i] .. ' would leave its range')
            end
            ret_pairs[#ret_pairs + 1] = area.prefix .. names[i]
            ret_pairs[#ret_pairs + 1] = number
        end
    end
end

---- the decision ----

-- rules_decide() in rules.c, line by line. `registered` is the roll that the report leaves behind.
local function decide(r, at, state, seq, voted, registered, as_of)
    if seq < state.seq then
        return 'superseded', '-'
    end
    if seq == state.seq then
        if r[at + DIGEST] == state.digest then
            return 'duplicate', '-'
        end
        return 'rejected', 'seq-conflict'
    end
    if voted > registered then
        return 'rejected', 'voted-exceeds-registered'
    end
    if as_of < state.as_of then
        return 'rejected', 'as-of-before-last'
    end
    if voted < state.voted and r[at + KIND] ~= 'correction' then
        return 'rejected', 'count-decreased'
    end
    return 'accepted', '-'
end

local function kind_after(kind, kind_before)
    if kind == '' then
        return 'progress'
    end
    if kind == 'correction' and kind_before == 'final' then
        return 'final'
    end
    return kind
end

local function is_complete(voted, registered)
    return registered > 0 and voted == registered
end

-- Adds to a commune what a unit's step from `state` to the report changes.
local function count_step(now, state, kind, voted, registered, as_of, slot)
    now[C_VOTED] = now[C_VOTED] + voted - state.voted
    now[C_REVISION] = now[C_REVISION] + 1
    if as_of > now[C_AS_OF] then
        now[C_AS_OF] = as_of
    end
    if registered ~= state.registered then
        now[C_REGISTERED] = now[C_REGISTERED] + registered - state.registered
    end
    local was_reported = 0
    if state.seq == 0 then
        now[C_UNITS_REPORTED] = now[C_UNITS_REPORTED] + 1
    else
        was_reported = state.registered
    end
    now[C_REGISTERED_REPORTED] = now[C_REGISTERED_REPORTED] + registered - was_reported
    if kind ~= state.kind then
        now[C_UNITS_FINAL] = now[C_UNITS_FINAL] + (kind == 'final' and 1 or 0) - (state.kind == 'final' and 1 or 0)
    end
    local complete, was_complete = is_complete(voted, registered), is_complete(state.voted, state.registered)
    if complete ~= was_complete then
        now[C_UNITS_COMPLETE] = now[C_UNITS_COMPLETE] + (complete and 1 or -1)
    end
    if slot then
        now[slot] = now[slot] + 1
    end
end

-- Makes the report the unit's state and adds the difference to the commune.
local function accept(r, at, state, commune, slots, seq, voted, registered, as_of)
    local kind, round = kind_after(r[at + KIND], state.kind), tonumber(r[at + ROUND])
    local slot
    if round > state.round then
        slot = slots[r[at + ROUND]]
        state.round = round
    end
    count_step(commune.now, state, kind, voted, registered, as_of, slot)

    state.seq, state.voted, state.registered, state.as_of = seq, voted, registered, as_of
    state.kind, state.digest = kind, r[at + DIGEST]
    state.voted_text = r[at + VOTED]
    if r[at + REGISTERED] ~= '' then
        state.registered_text = r[at + REGISTERED]
    end
    state.text = r[at + SEQ] .. ' ' .. r[at + VOTED] .. ' ' .. state.registered_text .. ' ' .. r[at + AS_OF] ..
                 ' ' .. r[at + RECEIVED] .. ' ' .. kind .. ' ' .. state.round .. ' ' .. state.digest
    state.changed = true
end

local function write_log(key, r, entries)
    for i = 1, #entries, 4 do
        local at = entries[i]
        redis.call('XADD', key, '*', 'unit', r[at + UNIT], 'commune', r[at + COMMUNE], 'seq', r[at + SEQ],
                   'as_of', r[at + AS_OF_TEXT], 'voted', r[at + VOTED], 'registered', r[at + REGISTERED],
                   'kind', r[at + KIND], 'reason', r[at + REASON], 'note', r[at + NOTE], 'key', r[at + KEY],
                   'sig', r[at + SIG], 'digest', r[at + DIGEST], 'round', r[at + ROUND],
                   'received', r[at + RECEIVED], 'outcome', entries[i + 1],
                   'voted_before', entries[i + 2], 'registered_before', entries[i + 3])
    end
end

-- Decides every report in order, on the states and counts in memory. Returns the answers, and what is to be
-- logged: at, outcome, voted_before and registered_before in turn.
local function decide_all(r, states, communes, slots)
    local answers, log_entries = {}, {}
    for at = 1, #r, WIDTH do
        local state, commune = states[r[at + UNIT]], communes[r[at + COMMUNE]]
        local seq, voted, as_of = tonumber(r[at + SEQ]), tonumber(r[at + VOTED]), tonumber(r[at + AS_OF])
        local registered = tonumber(r[at + REGISTERED]) or state.registered
        local status, code = decide(r, at, state, seq, voted, registered, as_of)
        local answer = status .. ' ' .. code .. ' ' .. r[at + UNIT] .. ' ' .. r[at + SEQ] .. ' ' .. r[at + DIGEST]
        if status == 'accepted' or status == 'superseded' then
            local n = #log_entries
            log_entries[n + 1], log_entries[n + 2] = at, status
            log_entries[n + 3], log_entries[n + 4] = state.voted_text, state.registered_text
        end
        if status == 'accepted' then
            accept(r, at, state, commune, slots, seq, voted, registered, as_of)
        else
            answer = answer .. ' ' .. state.text
        end
        if status == 'duplicate' then
            commune.now[C_DUP_SEEN] = commune.now[C_DUP_SEEN] + 1
        end
        answers[#answers + 1] = answer
    end
    return answers, log_entries
end

-- Applies the reports of one province, in order.
--   keys  totals, communes, units, log
--   args  the batch in MessagePack
-- Returns one text a report: `status code unit seq digest` (code is `-` where there is none) and, unless it was
-- accepted, the state that stands, in the words of the units hash.
local function turnout_apply(keys, args)
    local totals_key, communes_key, units_key, log_key = keys[1], keys[2], keys[3], keys[4]
    local r = cmsgpack.unpack(args[1])
    if type(r) ~= 'table' or #r == 0 or #r % WIDTH ~= 0 then
        refuse('the batch is not a whole number of reports')
    end
    local log_type = redis.call('TYPE', log_key).ok
    if log_type ~= 'stream' and log_type ~= 'none' then
        refuse(log_key .. ' is not a stream')
    end
    local names, slots = counts_of_batch(r)
    local states, units = read_states(units_key, r)
    local province = read_province(totals_key, names)
    local communes, communes_in_order = read_communes(communes_key, r, names)

    local answers, log_entries = decide_all(r, states, communes, slots)

    local totals_pairs, communes_pairs, units_pairs = {}, {}, {}
    for i = 1, #communes_in_order do
        add_gains(province, communes_in_order[i])
        changed_counts(communes_in_order[i], names, communes_pairs)
    end
    changed_counts(province, names, totals_pairs)
    for i = 1, #units do
        local state = states[units[i]]
        if state.changed then
            units_pairs[#units_pairs + 1] = units[i]
            units_pairs[#units_pairs + 1] = state.text
        end
    end

    -- Nothing below can fail.
    write_log(log_key, r, log_entries)
    write_pairs(units_key, units_pairs)
    write_pairs(communes_key, communes_pairs)
    write_pairs(totals_key, totals_pairs)
    return answers
end

-- Writes down the roll of a province and its communes, where they are not there yet.
--   keys  totals, communes, units, log
--   args  the province's roll; its communes and their rolls in turn, in MessagePack
-- Returns 1 when it wrote, 0 when the province was there. A province that has lost its totals but not the rest
-- is refused: counting on from zero would be wrong.
local function turnout_seed(keys, args)
    local totals_key, communes_key = keys[1], keys[2]
    if redis.call('EXISTS', totals_key) == 1 then
        return 0
    end
    if redis.call('EXISTS', unpack(keys, 2)) > 0 then
        refuse(totals_key .. ' is missing, but other keys of its province are there')
    end
    local registered = number_of(args[1], totals_key, 'registered')
    local communes = cmsgpack.unpack(args[2])
    local flat_pairs = {}
    for i = 1, #communes, 2 do
        flat_pairs[i] = communes[i] .. ':registered'
        flat_pairs[i + 1] = communes[i + 1]
    end

    write_pairs(communes_key, flat_pairs)
    local totals = {'held', 0}
    for i = 1, #COUNTS do
        totals[#totals + 1] = COUNTS[i]
        totals[#totals + 1] = COUNTS[i] == 'registered' and registered or 0
    end
    write_pairs(totals_key, totals)
    return 1
end

-- Reads a province at one instant.
--   keys  totals, communes
--   args  the revision that the caller knows, -1 for none
-- Returns nil while that revision stands; else the fields and values of both hashes.
local function turnout_read(keys, args)
    local totals_key, communes_key = keys[1], keys[2]
    local revision = redis.call('HGET', totals_key, 'revision')
    if not revision then
        refuse(totals_key .. ' was never seeded')
    end
    if revision == args[1] then
        return false
    end
    return {redis.call('HGETALL', totals_key), redis.call('HGETALL', communes_key)}
end

redis.register_function('turnout_apply', turnout_apply)
redis.register_function('turnout_seed', turnout_seed)
redis.register_function({function_name = 'turnout_read', callback = turnout_read, flags = {'no-writes'}})
