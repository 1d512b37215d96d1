---- rules ----

-- What an election does about a report that breaks a rule is its own to say, and travels with every batch:
-- `over-roll=reject jump=flag ... voters-an-hour=1500`. rule_set.h has the same rules in the same order. Each has
-- a bit, so that those which a report breaks are a sum.
local RULES = {
    {name = 'over-roll', code = 'voted-exceeds-registered'},
    {name = 'as-of-in-future', code = 'as-of-in-future'},
    {name = 'as-of-before-opening', code = 'as-of-before-opening'},
    {name = 'as-of-before-last', code = 'as-of-before-last'},
    {name = 'decrease', code = 'count-decreased'},
    {name = 'final-below', code = 'count-decreased'},
    {name = 'roll-change', code = 'roll-changed'},
    {name = 'jump', code = 'too-fast'},
    {name = 'early-complete', code = 'complete-too-early'},
    {name = 'same-figures', code = 'same-figures'},
    {name = 'corrections', code = 'correction'},
}
local OVER_ROLL, AS_OF_BEFORE_LAST, DECREASE, FINAL_BELOW, ROLL_CHANGE = 1, 8, 16, 32, 64
local JUMP, EARLY_COMPLETE, SAME_FIGURES, CORRECTIONS = 128, 256, 512, 1024

local STRICTNESS = {off = 0, flag = 1, hold = 2, reject = 3}
local HOLD, REJECT = 2, 3

local JUMP_LEAST_S = 60

local function parse_rules(text)
    local settings = {}
    for name, value in string.gmatch(text, '([%l-]+)=(-?%w+)') do
        settings[name] = value
    end
    local function number(name)
        return tonumber(settings[name]) or refuse('the rules lack ' .. name)
    end
    local rules = {
        text = text,
        opens = number('opens'),
        roll_change_percent = number('roll-change-percent'),
        roll_change_voters = number('roll-change-voters'),
        voters_an_hour = number('voters-an-hour'),
        complete_not_before = number('complete-not-before'),
        same_figures_units = number('same-figures-units'),
    }
    for i = 1, #RULES do
        rules[i] = STRICTNESS[settings[RULES[i].name]] or refuse('the rules lack ' .. RULES[i].name)
    end
    if rules[1] < HOLD then
        refuse('more voters than the roll are never counted')
    end
    rules.compares_figures = settings['same-figures'] ~= 'off'
    return rules
end

-- A server says the same with every batch, so the last text read is kept.
local rules_kept = {}

local function read_rules(text)
    if rules_kept.text ~= text then
        rules_kept = parse_rules(text)
    end
    return rules_kept
end

local function is_roll_change(rules, before, after)
    local moved = math.abs(after - before)
    return moved > rules.roll_change_voters and moved * 100 > before * rules.roll_change_percent
end

-- A first report is held against nobody at opening; so is a correction, because it says that the last count was
-- wrong.
local function is_jump(rules, state, kind, voted, as_of)
    local voted_before, since = state.voted, state.as_of
    if state.seq == 0 or kind == 'correction' then
        voted_before, since = 0, rules.opens
    end
    return (voted - voted_before) * 3600 > math.max(as_of - since, JUMP_LEAST_S) * rules.voters_an_hour
end

-- rules_struck() in rules.c, line by line. `registered` is the roll that the report leaves behind, `alike` how many
-- other units of the commune lately reported the same count.
local function rules_struck(rules, r, at, state, alike, voted, registered, as_of)
    local struck, kind = tonumber(r[at + STRUCK]), r[at + KIND]
    if voted > registered then
        struck = struck + OVER_ROLL
    end
    if as_of < state.as_of then
        struck = struck + AS_OF_BEFORE_LAST
    end
    if voted < state.voted and kind ~= 'correction' then
        struck = struck + (kind == 'final' and FINAL_BELOW or DECREASE)
    end
    if registered ~= state.registered and is_roll_change(rules, state.registered, registered) then
        struck = struck + ROLL_CHANGE
    end
    if is_jump(rules, state, kind, voted, as_of) then
        struck = struck + JUMP
    end
    if as_of < rules.complete_not_before and voted == registered and registered > 0 then
        struck = struck + EARLY_COMPLETE
    end
    if voted > 0 and alike + 1 >= rules.same_figures_units then
        struck = struck + SAME_FIGURES
    end
    if kind == 'correction' then
        struck = struck + CORRECTIONS
    end
    return struck
end

-- The strictest mode among the rules broken, the code of the first rule in it, and the codes of all that are not
-- off, separated by commas.
local function weigh(rules, struck)
    local strictest, code, flags = 0, '-', {}
    for i = 1, #RULES do
        if rules[i] > 0 and bit.band(struck, 2 ^ (i - 1)) ~= 0 then
            flags[#flags + 1] = RULES[i].code
            if rules[i] > strictest then
                strictest, code = rules[i], RULES[i].code
            end
        end
    end
    return strictest, code, table.concat(flags, ',')
end
