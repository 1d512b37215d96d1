---- the same figures ----

-- For the rule same-figures, and only while it is on, a commune's field `<commune>:figures` keeps the last counts
-- of its units, each unit once, the latest last: `<unit> <voted> <unit> <voted> ...`.
local FIGURES_MAX = 32

local function read_figures(key, codes)
    local fields, figures = {}, {}
    for i = 1, #codes do
        fields[i] = codes[i] .. ':figures'
    end
    local texts = read_fields(key, fields)
    for i = 1, #codes do
        local list = {}
        for unit, voted in string.gmatch(texts[i] or '', '(%S+) (%d+)') do
            list[#list + 1] = {unit = unit, voted = voted}
        end
        figures[codes[i]] = list
    end
    return figures
end

-- How many other units have this count.
local function count_alike(list, unit, voted)
    local alike = 0
    for i = 1, #list do
        if list[i].voted == voted and list[i].unit ~= unit then
            alike = alike + 1
        end
    end
    return alike
end

local function keep_figure(list, unit, voted)
    for i = 1, #list do
        if list[i].unit == unit then
            table.remove(list, i)
            break
        end
    end
    list[#list + 1] = {unit = unit, voted = voted}
    if #list > FIGURES_MAX then
        table.remove(list, 1)
    end
    list.changed = true
end

-- Appends the lists that changed as HSET's pairs.
local function changed_figures(figures, ret_pairs)
    for commune, list in pairs(figures) do
        if list.changed then
            local words = {}
            for i = 1, #list do
                words[i] = list[i].unit .. ' ' .. list[i].voted
            end
            ret_pairs[#ret_pairs + 1] = commune .. ':figures'
            ret_pairs[#ret_pairs + 1] = table.concat(words, ' ')
        end
    end
end
