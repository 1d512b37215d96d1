---- reading ----

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

redis.register_function({function_name = 'turnout_read', callback = turnout_read, flags = {'no-writes'}})

-- The reports of a province, or of one commune of it, that wait for a decision, those that came first before the others.
--   keys  held
--   args  how many at most; the commune's code, '' for all
-- Returns their JSON texts.
local function turnout_list_held(keys, args)
    local commune, waiting = args[2], {}
    local values = redis.call('HVALS', keys[1])
    for i = 1, #values do
        -- A quotation mark inside a value would have a backslash before it.
        if string.find(values[i], '"state":"held"', 1, true) then
            local entry = entry_of(values[i], keys[1], 'entry')
            if commune == '' or commune == entry.commune then
                waiting[#waiting + 1] = {
                    text = values[i], received = tonumber(entry.received), id = entry.unit .. '.' .. entry.seq,
                }
            end
        end
    end
    table.sort(waiting, function(a, b)
        return a.received < b.received or (a.received == b.received and a.id < b.id)
    end)
    local texts = {}
    for i = 1, math.min(#waiting, tonumber(args[1])) do
        texts[i] = waiting[i].text
    end
    return texts
end

redis.register_function({
    function_name = 'turnout_list_held', callback = turnout_list_held, flags = {'no-writes'},
})
