---- phase and publication ----

-- A province counts either for the rehearsal or for real: the field `phase` of its totals is `open` once it counts
-- for real, and absent before. What was examined in the other phase must not be counted, however late its server
-- hears of the opening. Returns whether the election is closed, which its server knows and the province does not: then
-- reports are told apart, and none is counted.
local function check_phase(totals_key, phase)
    local standing = redis.call('HGET', totals_key, 'phase') or 'rehearsal'
    if standing ~= (phase == 'closed' and 'open' or phase or 'rehearsal') then
        refuse(totals_key .. ' counts in phase ' .. standing .. ', and the report was examined in another')
    end
    return phase == 'closed'
end

-- Makes a province count for real, or for the rehearsal again when the election could not be opened after all.
--   keys  totals, and every other key of the province that reports leave something in
--   args  `open` or `rehearsal`
-- Returns 1, or 0 when reports stand in it, and then nothing was changed.
local function turnout_gate(keys, args)
    local totals_key, wanted = keys[1], args[1]
    if redis.call('HEXISTS', totals_key, 'revision') == 0 then
        refuse(totals_key .. ' was never seeded')
    end
    local standing = redis.call('HGET', totals_key, 'phase') or 'rehearsal'
    if standing == wanted then
        return 1
    end
    if redis.call('EXISTS', unpack(keys, 2)) > 0 then
        return 0
    end
    if wanted == 'open' then
        redis.call('HSET', totals_key, 'phase', 'open')
    else
        redis.call('HDEL', totals_key, 'phase')
    end
    return 1
end

-- Changes a field of the election's meta and says so in its ledger. `after` lists, for each value, those that it may
-- be changed to.
--   keys  meta, ledger
--   args  the new value; who changed it; when, in Unix milliseconds
-- Returns `done`, `none` (it was so already) or `not-allowed`, and what stood before.
local function change(field, after, keys, args)
    local meta_key, ledger_key, value = keys[1], keys[2], args[1]
    if redis.call('HEXISTS', meta_key, 'schema') == 0 then
        refuse(meta_key .. ' was never seeded')
    end
    local before = redis.call('HGET', meta_key, field)
    if not after[before] then
        refuse(meta_key .. ' holds no ' .. field)
    end
    local ledger_type = redis.call('TYPE', ledger_key).ok
    if ledger_type ~= 'stream' and ledger_type ~= 'none' then
        refuse(ledger_key .. ' is not a stream')
    end
    if before == value then
        return {'none', before}
    end
    if not string.find(after[before], ' ' .. value .. ' ', 1, true) then
        return {'not-allowed', before}
    end

    -- Nothing below can fail.
    redis.call('HSET', meta_key, field, value)
    redis.call('XADD', ledger_key, '*', 'when', args[3], 'kind', field, 'before', before, 'after', value,
               'who', args[2])
    return {'done', before}
end

redis.register_function('turnout_gate', turnout_gate)
redis.register_function('turnout_phase', function(keys, args)
    return change('phase', {rehearsal = ' open ', open = ' closed ', closed = ' open '}, keys, args)
end)
redis.register_function('turnout_publication', function(keys, args)
    local all = ' live rounds hold '
    return change('publication', {live = all, rounds = all, hold = all}, keys, args)
end)
