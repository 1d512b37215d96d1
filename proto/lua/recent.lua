---- recent log lines ----

-- For each unit the ids of its last lines in the log, newest first, space separated: so that what a unit has sent is
-- found without reading the log of its whole province.
-- Ten are kept: a new one is put before the first nine of those that were there.
local NINE = '^%S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+'

-- What stands for the units of the lines that are to be logged, by unit.
local function read_recent(key, r, log)
    local texts, units = {}, {}
    for i = 1, #log, 5 do
        local unit = r[log[i] + UNIT]
        if not texts[unit] then
            texts[unit] = ''
            units[#units + 1] = unit
        end
    end
    local values = read_fields(key, units)
    for i = 1, #units do
        local text = values[i]
        if text and not string.find(text, '^[%d%- ]+$') then
            refuse(key .. ' ' .. units[i] .. ' is no list of ids')
        end
        texts[units[i]] = text or ''
    end
    return texts
end

local function add_recent(texts, unit, id)
    local text = texts[unit]
    texts[unit] = text == '' and id or id .. ' ' .. (string.match(text, NINE) or text)
end

local function recent_pairs(texts)
    local flat_pairs = {}
    for unit, text in pairs(texts) do
        flat_pairs[#flat_pairs + 1] = unit
        flat_pairs[#flat_pairs + 1] = text
    end
    return flat_pairs
end

-- Reads what stands of a unit and its last lines in the log.
--   keys  units, log, recent
--   args  the unit
-- Returns the unit's words in the units hash, '' for none; then each line as a list of names and values in turn,
-- newest first.
local function turnout_unit(keys, args)
    local units_key, log_key, recent_key, unit = keys[1], keys[2], keys[3], args[1]
    local answer = {redis.call('HGET', units_key, unit) or ''}
    for id in string.gmatch(redis.call('HGET', recent_key, unit) or '', '%S+') do
        local line = redis.call('XRANGE', log_key, id, id)[1]
        if not line then
            refuse(log_key .. ' lacks ' .. id .. ' of ' .. unit)
        end
        answer[#answer + 1] = line[2]
    end
    return answer
end

redis.register_function({function_name = 'turnout_unit', callback = turnout_unit, flags = {'no-writes'}})
