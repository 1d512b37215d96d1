---- held reports ----

-- A held report is a JSON object under `<unit>.<seq>`: `state`, which is held until a committee decides, then
-- released, rejected or superseded; `code`, of the rule that holds it; `flags`, the codes of all rules that it
-- breaks; and the report as it stood in its batch, place by place. All values are text.

local function held_id(r, at)
    return r[at + UNIT] .. '.' .. r[at + SEQ]
end

local function entry_of(text, key, id)
    local is_json, entry = pcall(cjson.decode, text)
    if not is_json or type(entry) ~= 'table' or type(entry.state) ~= 'string' or type(entry.code) ~= 'string' then
        refuse(key .. ' ' .. id .. ' is not a held report')
    end
    for i = 1, #PLACES do
        if type(entry[PLACES[i]]) ~= 'string' then
            refuse(key .. ' ' .. id .. ' lacks ' .. PLACES[i])
        end
    end
    return entry
end

local function new_entry(r, at, code, flags)
    local entry = {state = 'held', code = code, flags = flags}
    for i = 1, #PLACES do
        entry[PLACES[i]] = r[at + i - 1]
    end
    return entry
end

-- The entries that there are for the reports of a batch, by id.
local function read_held(key, r)
    local entries, ids = {}, {}
    if redis.call('HLEN', key) == 0 then
        return entries
    end
    for at = 1, #r, WIDTH do
        ids[#ids + 1] = held_id(r, at)
    end
    local texts = read_fields(key, ids)
    for i = 1, #ids do
        if texts[i] then
            entries[ids[i]] = entry_of(texts[i], key, ids[i])
        end
    end
    return entries
end

-- One that was released or superseded is the unit's state's business now.
local function standing_entry(entry)
    return entry and (entry.state == 'held' or entry.state == 'rejected') and entry
end

-- A held report in the words of the units hash, to be told where another one takes its seq.
local function state_text_of(entry, state)
    local registered = entry.registered ~= '' and entry.registered or state.registered_text
    local kind = entry.kind ~= '' and entry.kind or 'progress'
    return table.concat({entry.seq, entry.voted, registered, entry.as_of_unix, entry.received, kind, entry.round,
                         entry.digest}, ' ')
end

-- Appends the entries that changed as HSET's pairs.
local function changed_held(entries, ret_pairs)
    for id, entry in pairs(entries) do
        if entry.changed then
            entry.changed = nil
            ret_pairs[#ret_pairs + 1] = id
            ret_pairs[#ret_pairs + 1] = cjson.encode(entry)
        end
    end
end
