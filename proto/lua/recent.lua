---- the last log lines of a unit ----

-- A line of the log names the line before it that is of the same unit, and a hash holds the last one of each: so what
-- a unit has sent is found from the newest on, without reading the log of its whole province.

local LINES_MAX = 10

-- The last lines of the units that are to be logged, by unit; '' for none.
local function read_recent(key, r, log)
    local last, units = {}, {}
    for i = 1, #log, 5 do
        local unit = r[log[i] + UNIT]
        if not last[unit] then
            last[unit] = ''
            units[#units + 1] = unit
        end
    end
    local ids = read_fields(key, units)
    for i = 1, #units do
        if ids[i] and not string.find(ids[i], '^%d+%-%d+$') then
            refuse(key .. ' ' .. units[i] .. ' is not the id of a line')
        end
        last[units[i]] = ids[i] or ''
    end
    return last
end

local function recent_pairs(last)
    local flat_pairs = {}
    for unit, id in pairs(last) do
        flat_pairs[#flat_pairs + 1] = unit
        flat_pairs[#flat_pairs + 1] = id
    end
    return flat_pairs
end

-- The value of a name in names and values in turn; nil where there is none.
local function value_in(flat_pairs, name)
    for i = 1, #flat_pairs, 2 do
        if flat_pairs[i] == name then
            return flat_pairs[i + 1]
        end
    end
    return nil
end

-- Reads what stands of a unit and its last lines in the log.
--   keys  units, log, recent
--   args  the unit
-- Returns the unit's words in the units hash, '' for none; then each line as a list of names and values in turn,
-- newest first.
local function turnout_unit(keys, args)
    local units_key, log_key, recent_key, unit = keys[1], keys[2], keys[3], args[1]
    local answer = {redis.call('HGET', units_key, unit) or ''}
    local id = redis.call('HGET', recent_key, unit)
    while id and id ~= '' and #answer <= LINES_MAX do
        local line = redis.call('XRANGE', log_key, id, id)[1]
        if not line or value_in(line[2], 'unit') ~= unit then
            refuse(log_key .. ' ' .. id .. ' is no line of ' .. unit)
        end
        answer[#answer + 1] = line[2]
        id = value_in(line[2], 'previous')
    end
    return answer
end

redis.register_function({function_name = 'turnout_unit', callback = turnout_unit, flags = {'no-writes'}})
