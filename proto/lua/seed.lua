---- seeding ----

-- Writes down the roll of a province and its communes, where they are not there yet.
--   keys  totals, communes, units, log, held, ledger
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
    local totals = {}
    for i = 1, #COUNTS do
        totals[#totals + 1] = COUNTS[i]
        totals[#totals + 1] = COUNTS[i] == 'registered' and registered or 0
    end
    write_pairs(totals_key, totals)
    return 1
end

redis.register_function('turnout_seed', turnout_seed)
