---- counting ----

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

-- The changes that the public may read about: corrections, and rolls that moved.
local function enter_changes(book, at, state, voted, registered, when)
    local r = book.r
    if r[at + KIND] == 'correction' then
        enter_ledger(book, at, 'correction', state.voted_text, voted, when, r[at + REASON], r[at + KEY])
    end
    if registered ~= state.registered then
        enter_ledger(book, at, 'roll-change', state.registered_text, registered, when, r[at + REASON], r[at + KEY])
    end
end

-- Makes the report the unit's state and adds the difference to its commune. `when` it is counted is for the ledger.
local function count_report(book, at, state, voted, registered, as_of, when)
    local r = book.r
    local commune, kind, round = book.communes[r[at + COMMUNE]], kind_after(r[at + KIND], state.kind), r[at + ROUND]
    local slot
    if tonumber(round) > state.round then
        slot = book.slots[round]
        state.round = tonumber(round)
    end
    count_step(commune.now, state, kind, voted, registered, as_of, slot)
    if r[at + KIND] == 'correction' or registered ~= state.registered then
        enter_changes(book, at, state, r[at + VOTED], registered, when)
    end

    state.seq, state.voted, state.registered, state.as_of = tonumber(r[at + SEQ]), voted, registered, as_of
    state.kind, state.digest = kind, r[at + DIGEST]
    state.voted_text = r[at + VOTED]
    if r[at + REGISTERED] ~= '' then
        state.registered_text = r[at + REGISTERED]
    end
    state.text = r[at + SEQ] .. ' ' .. r[at + VOTED] .. ' ' .. state.registered_text .. ' ' .. r[at + AS_OF] ..
                 ' ' .. r[at + RECEIVED] .. ' ' .. kind .. ' ' .. state.round .. ' ' .. state.digest
    state.changed = true
end
