#!lua name=turnout

-- The part of turnoutd that runs inside Redis: it decides what becomes of reports and keeps the running totals.
-- proto/redis.md describes the keys; include/turnout/election/rules.h is the same decision in C, and the store
-- tests hold the two against each other. Redis wants a library in one piece: the build joins this file and those of
-- the folder lua, in the order that CMakeLists.txt gives.
--
-- A function is one atomic step for everybody else, but Redis does not undo what a failed function has written.
-- So each one works in two phases: read and check everything, in which it may fail; then write, in which it
-- cannot. Every error of ours begins with the word TURNOUT.

local EXACT_MAX = 9007199254740991 -- 2^53 - 1: up to here Lua counts exactly

-- Redis passes a table to a command as arguments on Lua's stack, which is bounded.
local ARGUMENTS_MAX = 4000

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
