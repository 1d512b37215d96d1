---- units ----

local NO_DIGEST = '00000000000000000000000000000000'

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
