---- deciding ----

-- The report of an entry as a batch of one, as it came.
local function batch_of(entry)
    local r = {}
    for i = 1, #PLACES do
        r[i] = entry[PLACES[i]]
    end
    return r
end

-- rules_release() in rules.c: past the rule that held it, but never over the roll. Returns what happened.
local function release(book, state, now)
    local r, at = book.r, 1
    if tonumber(r[at + SEQ]) <= state.seq then
        return 'superseded'
    end
    local voted, registered = tonumber(r[at + VOTED]), tonumber(r[at + REGISTERED]) or state.registered
    if voted > registered then
        return 'over-roll'
    end
    count_report(book, at, state, voted, registered, tonumber(r[at + AS_OF]), now)
    return 'released'
end

-- Decides about a held report, once.
--   keys  totals, communes, units, log, held, ledger, recent
--   args  its id; `release` or `reject`; the reason; who decides; now in Unix milliseconds
-- Returns what happened: released, rejected or superseded; or, when nothing did, `already <state>`, over-roll or
-- not-found.
local function turnout_decide(keys, args)
    local id, decision, reason, who, now = unpack(args)
    local text = redis.call('HGET', keys[5], id)
    if not text then
        return 'not-found'
    end
    local entry = entry_of(text, keys[5], id)
    if entry.state ~= 'held' then
        return 'already ' .. entry.state
    end
    local at, book = 1, open_book(keys, batch_of(entry), false)
    local state, commune = book.states[entry.unit], book.communes[entry.commune]
    local before, revision = state.voted_text, commune.now[C_REVISION]
    local standing = {voted_text = before, registered_text = state.registered_text}
    local outcome = decision == 'release' and release(book, state, now) or 'rejected'
    if outcome == 'over-roll' then
        return outcome
    end
    commune.now[C_HELD] = commune.now[C_HELD] - 1
    commune.now[C_REVISION] = revision + 1
    book.log_more = {'who', who, 'why', reason}
    enter_log(book, at, outcome, standing, entry.flags)
    enter_ledger(book, at, outcome, before, state.voted_text, now, reason, who)
    entry = book.held[id]
    entry.state, entry.changed = outcome, true
    close_book(keys, book)
    return outcome
end

redis.register_function('turnout_decide', turnout_decide)
