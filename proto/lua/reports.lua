---- reports ----

-- A batch is one flat array of text, because most of a report is only passed on. A report takes WIDTH places of
-- it, the first at `at`: r[at + SEQ] and so on. Absent values are empty. STRUCK are the rules that the server has
-- found broken, as the sum of their bits (rules.lua).
local UNIT, COMMUNE, LISTED, SEQ, AS_OF, AS_OF_TEXT, VOTED, REGISTERED = 0, 1, 2, 3, 4, 5, 6, 7
local KIND, REASON, NOTE, KEY, SIG, DIGEST, ROUND, RECEIVED, STRUCK, VIA = 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
local WIDTH = 18

-- What these places are called where a report is kept by itself (held.lua).
local PLACES = {
    'unit', 'commune', 'listed', 'seq', 'as_of_unix', 'as_of', 'voted', 'registered',
    'kind', 'reason', 'note', 'key', 'sig', 'digest', 'round', 'received', 'struck', 'via',
}
