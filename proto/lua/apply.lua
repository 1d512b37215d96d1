---- applying ----

-- rules_decide() in rules.c, and what that leaves to the server: a closed election. Returns status and code (`-` where there is none), and for what is counted or held the
-- codes of the rules that the report breaks.
local function decide(book, at, state, entry, rules, voted, registered, as_of)
    local r = book.r
    local seq, digest = tonumber(r[at + SEQ]), r[at + DIGEST]
    if entry then
        if entry.digest ~= digest then
            return 'rejected', 'seq-conflict'
        end
        return entry.state == 'held' and 'held-before' or 'turned-down', entry.code
    end
    if seq < state.seq then
        return 'superseded', '-', ''
    end
    if seq == state.seq then
        if state.digest ~= digest then
            return 'rejected', 'seq-conflict'
        end
        return 'duplicate', '-'
    end
    if book.is_closed then
        return 'rejected', 'closed'
    end
    local list = book.figures and book.figures[r[at + COMMUNE]]
    local alike = list and count_alike(list, r[at + UNIT], r[at + VOTED]) or 0
    local struck = rules_struck(rules, r, at, state, alike, voted, registered, as_of)
    if struck == 0 then
        return 'accepted', '-', ''
    end
    local mode, code, flags = weigh(rules, struck)
    if mode == REJECT then
        return 'rejected', code
    elseif mode == HOLD then
        return 'held', code, flags
    end
    return 'accepted', '-', flags
end

-- Keeps a report for a committee.
local function hold(book, at, commune, code, flags)
    local entry = new_entry(book.r, at, code, flags)
    entry.changed = true
    book.held[held_id(book.r, at)] = entry
    commune.now[C_HELD] = commune.now[C_HELD] + 1
    commune.now[C_REVISION] = commune.now[C_REVISION] + 1
end

-- What becomes of one report, entered in the book; returns its answer.
local function apply_report(book, at, rules)
    local r, held = book.r, book.held
    local state, commune = book.states[r[at + UNIT]], book.communes[r[at + COMMUNE]]
    local voted, as_of = tonumber(r[at + VOTED]), tonumber(r[at + AS_OF])
    local registered = tonumber(r[at + REGISTERED]) or state.registered
    local entry = next(held) and standing_entry(held[held_id(r, at)])
    local status, code, flags = decide(book, at, state, entry, rules, voted, registered, as_of)
    local answer = status .. ' ' .. code .. ' ' .. r[at + UNIT] .. ' ' .. r[at + SEQ] .. ' ' .. r[at + DIGEST]
    if flags then
        enter_log(book, at, status, state, flags)
    end
    if status == 'accepted' then
        count_report(book, at, state, voted, registered, as_of, r[at + RECEIVED])
        if book.figures then
            keep_figure(book.figures[r[at + COMMUNE]], r[at + UNIT], r[at + VOTED])
        end
        return answer
    end
    if status == 'held' then
        hold(book, at, commune, code, flags)
    elseif status == 'duplicate' or status == 'held-before' then
        commune.now[C_DUP_SEEN] = commune.now[C_DUP_SEEN] + 1
    elseif entry and code == 'seq-conflict' then
        return answer .. ' ' .. state_text_of(entry, state)
    end
    return answer .. ' ' .. state.text
end

-- Applies the reports of one province, in order.
--   keys  totals, communes, units, log, held, ledger, recent
--   args  the phase in which the reports were examined; the rules; the batch in MessagePack
-- Returns one text a report: `status code unit seq digest` (code is `-` where there is none) and, unless it was
-- accepted, the state that stands, in the words of the units hash. The status held-before is the same report again
-- while it waits, and turned-down a rejection by a committee.
local function turnout_apply(keys, args)
    local rules, r = read_rules(args[2]), cmsgpack.unpack(args[3])
    if type(r) ~= 'table' or #r == 0 or #r % WIDTH ~= 0 then
        refuse('the batch is not a whole number of reports')
    end
    local is_closed = check_phase(keys[1], args[1])
    local book = open_book(keys, r, rules.compares_figures)
    book.is_closed = is_closed
    local answers = {}
    for at = 1, #r, WIDTH do
        answers[#answers + 1] = apply_report(book, at, rules)
    end
    close_book(keys, book)
    return answers
end

redis.register_function('turnout_apply', turnout_apply)
