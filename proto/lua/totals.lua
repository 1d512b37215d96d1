---- totals ----

-- The totals of an area as they are kept here: the counts in this order, then one for each round in the batch.
local COUNTS = {
    'voted', 'registered', 'units_reported', 'registered_reported', 'units_final', 'units_complete',
    'held', 'revision', 'dup_seen', 'as_of',
}
local C_VOTED, C_REGISTERED, C_UNITS_REPORTED, C_REGISTERED_REPORTED = 1, 2, 3, 4
local C_UNITS_FINAL, C_UNITS_COMPLETE = 5, 6
local C_HELD, C_REVISION, C_DUP_SEEN, C_AS_OF = 7, 8, 9, 10

-- The counts to read and write of an area, and at which of them each round of the batch stands.
local function counts_of_batch(r)
    local names, slots = {}, {}
    for i = 1, #COUNTS do
        names[i] = COUNTS[i]
    end
    for at = 1, #r, WIDTH do
        local round = r[at + ROUND]
        if round ~= '0' and not slots[round] then
            names[#names + 1] = 'round:' .. round
            slots[round] = #names
        end
    end
    return names, slots
end

-- The area whose counts begin at values[first]. `now` is changed as reports are applied; `before` is not.
local function area_of(key, prefix, names, values, first)
    if not values[first + C_REGISTERED - 1] then
        refuse(key .. ' ' .. prefix .. 'registered was never seeded')
    end
    local area = {key = key, prefix = prefix, before = {}, now = {}}
    for i = 1, #names do
        local number = number_of(values[first + i - 1], key, prefix .. names[i])
        area.before[i] = number
        area.now[i] = number
    end
    return area
end

local function read_province(key, names)
    return area_of(key, '', names, read_fields(key, names), 1)
end

-- The communes of the batch, by code, and their codes in the order of their first report.
local function read_communes(key, r, names)
    local codes, fields, communes = {}, {}, {}
    for at = 1, #r, WIDTH do
        local commune = r[at + COMMUNE]
        if not communes[commune] then
            communes[commune] = true
            codes[#codes + 1] = commune
            for i = 1, #names do
                fields[#fields + 1] = commune .. ':' .. names[i]
            end
        end
    end
    local values = read_fields(key, fields)
    for i = 1, #codes do
        communes[codes[i]] = area_of(key, codes[i] .. ':', names, values, (i - 1) * #names + 1)
    end
    return communes, codes
end

-- A province is the sum of its communes, so what it gains is what they gained. `as_of` is the later one.
local function add_gains(province, commune)
    local as_of = math.max(province.now[C_AS_OF], commune.now[C_AS_OF])
    for i = 1, #commune.now do
        province.now[i] = province.now[i] + commune.now[i] - commune.before[i]
    end
    province.now[C_AS_OF] = as_of
end

-- Appends what changed of an area as HSET's pairs.
local function changed_counts(area, names, ret_pairs)
    for i = 1, #names do
        local number = area.now[i]
        if number ~= area.before[i] then
            if number < 0 or number > EXACT_MAX then
                refuse(area.key .. ' ' .. area.prefix .. names[i] .. ' would leave its range')
            end
            ret_pairs[#ret_pairs + 1] = area.prefix .. names[i]
            ret_pairs[#ret_pairs + 1] = number
        end
    end
end
