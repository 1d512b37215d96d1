#!lua name=peer

-- What somebody would write first who wants Redis to count reports (DESIGN section 11): it looks at what the unit sent
-- last, and keeps the report, the unit's figures and the totals. tools/bench/run measures turnoutd beside it. It leaves
-- out what turnoutd does besides: rules, held reports, rounds, final and complete units, hashes.

-- Counts one report.
--   keys  the province's totals, the commune's totals, the province's units, its log
--   args  unit, seq, as_of, voted, registered, kind, received
-- Returns `accepted`, or `superseded` when the unit has sent this seq or a later one.
redis.register_function('peer_report', function(keys, args)
    local totals, commune, units, log = unpack(keys)
    local unit, seq, as_of, voted, registered, kind, received = unpack(args)

    local voted_before = 0
    local before = redis.call('HGET', units, unit)
    if before then
        local last_seq, last_voted = string.match(before, '^(%d+) (%d+)')
        if tonumber(seq) <= tonumber(last_seq) then
            return 'superseded'
        end
        voted_before = tonumber(last_voted)
    end

    redis.call('HSET', units, unit, table.concat({seq, voted, registered, as_of, kind, received}, ' '))
    for _, area in ipairs({commune, totals}) do
        redis.call('HINCRBY', area, 'voted', tonumber(voted) - voted_before)
        redis.call('HINCRBY', area, 'revision', 1)
        if not before then
            redis.call('HINCRBY', area, 'units_reported', 1)
        end
    end
    redis.call('XADD', log, '*', 'unit', unit, 'seq', seq, 'as_of', as_of, 'voted', voted, 'registered', registered,
               'kind', kind, 'received', received)
    return 'accepted'
end)
