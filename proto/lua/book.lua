---- the book ----

-- A book is everything that a call may change, read and checked. What becomes of the reports is entered in it; when
-- it is closed, what came of them is checked and written down.

local function expect_stream(key)
    local kind = redis.call('TYPE', key).ok
    if kind ~= 'stream' and kind ~= 'none' then
        refuse(key .. ' is not a stream')
    end
end

-- For the reports of batch `r`, under the keys totals, communes, units, log, held, ledger, recent.
local function open_book(keys, r, compares_figures)
    local totals_key, communes_key, units_key, log_key, held_key = unpack(keys)
    expect_stream(log_key)
    local names, slots = counts_of_batch(r)
    local book = {r = r, names = names, slots = slots, log = {}, ledger = {}, log_more = {}}
    book.states, book.units = read_states(units_key, r)
    book.province = read_province(totals_key, names)
    book.communes, book.commune_codes = read_communes(communes_key, r, names)
    book.held = read_held(held_key, r)
    book.figures = compares_figures and read_figures(communes_key, book.commune_codes)
    return book
end

-- Every line of the log is five places of book.log.
local function enter_log(book, at, outcome, state, flags)
    local log = book.log
    local n = #log
    log[n + 1], log[n + 2], log[n + 3], log[n + 4] = at, outcome, state.voted_text, state.registered_text
    log[n + 5] = flags
end

-- Every line of the ledger is seven places of book.ledger.
local function enter_ledger(book, at, kind, before, after, when, reason, who)
    local ledger = book.ledger
    local n = #ledger
    ledger[n + 1], ledger[n + 2], ledger[n + 3], ledger[n + 4] = at, kind, before, after
    ledger[n + 5], ledger[n + 6], ledger[n + 7] = when, reason, who
end

local function write_log(key, book, last)
    local r, log = book.r, book.log
    for i = 1, #log, 5 do
        local at = log[i]
        local unit = r[at + UNIT]
        last[unit] = redis.call('XADD', key, '*', 'unit', unit, 'commune', r[at + COMMUNE], 'seq', r[at + SEQ],
                   'as_of', r[at + AS_OF_TEXT], 'voted', r[at + VOTED], 'registered', r[at + REGISTERED],
                   'kind', r[at + KIND], 'reason', r[at + REASON], 'note', r[at + NOTE], 'key', r[at + KEY],
                   'sig', r[at + SIG], 'via', r[at + VIA], 'digest', r[at + DIGEST], 'round', r[at + ROUND],
                   'received', r[at + RECEIVED], 'outcome', log[i + 1],
                   'voted_before', log[i + 2], 'registered_before', log[i + 3], 'flags', log[i + 4],
                   'previous', last[unit],
                   unpack(book.log_more))
    end
end

local function write_ledger(key, book)
    local r, ledger = book.r, book.ledger
    for i = 1, #ledger, 7 do
        local at = ledger[i]
        redis.call('XADD', key, '*', 'when', ledger[i + 4], 'unit', r[at + UNIT], 'commune', r[at + COMMUNE],
                   'seq', r[at + SEQ], 'kind', ledger[i + 1], 'before', ledger[i + 2], 'after', ledger[i + 3],
                   'reason', ledger[i + 5], 'who', ledger[i + 6])
    end
end

local function changed_states(book, ret_pairs)
    for i = 1, #book.units do
        local state = book.states[book.units[i]]
        if state.changed then
            ret_pairs[#ret_pairs + 1] = book.units[i]
            ret_pairs[#ret_pairs + 1] = state.text
        end
    end
end

local function close_book(keys, book)
    local totals_key, communes_key, units_key, log_key, held_key, ledger_key, recent_key = unpack(keys)
    local totals_pairs, communes_pairs, units_pairs, held_pairs = {}, {}, {}, {}
    for i = 1, #book.commune_codes do
        local commune = book.communes[book.commune_codes[i]]
        add_gains(book.province, commune)
        changed_counts(commune, book.names, communes_pairs)
    end
    changed_counts(book.province, book.names, totals_pairs)
    changed_states(book, units_pairs)
    changed_held(book.held, held_pairs)
    if book.figures then
        changed_figures(book.figures, communes_pairs)
    end
    if #book.ledger > 0 then
        expect_stream(ledger_key)
    end
    local last = read_recent(recent_key, book.r, book.log)

    -- Nothing below can fail.
    write_log(log_key, book, last)
    write_pairs(recent_key, recent_pairs(last))
    write_ledger(ledger_key, book)
    write_pairs(units_key, units_pairs)
    write_pairs(held_key, held_pairs)
    write_pairs(communes_key, communes_pairs)
    write_pairs(totals_key, totals_pairs)
end
