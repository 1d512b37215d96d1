/* election.ini: what an election is called, when it is, and its rules.
 *
 *   [election]
 *   id = vn-2026                              a code (DESIGN section 2)
 *   name = Bầu cử ...                         UTF-8, at most NAME_BYTES_MAX bytes
 *   name_en = Election of ...                 may be left out
 *   date = 2026-03-15                         the first day, if there are several
 *   timezone = Asia/Ho_Chi_Minh               IANA name, shown to readers
 *   opens = 2026-03-15T07:00:00+07:00         on `date`; its offset is the election's
 *   closes = 2026-03-15T21:00:00+07:00        later, also on a later day, with the same offset
 *   rounds = 09:00 11:00 13:00                local times, ascending, not before opening; may be empty. A round of
 *                                             another day carries it, 2026-03-16T09:00 or 2026-03-16 09:00,
 *                                             and so do those behind it
 *
 *   [rules]                                   may be left out, as may each of its keys
 *   over-roll = reject                        or hold
 *   decrease = reject                         or hold, flag, off; and so every rule of rule_set.h by its name
 *   corrections = counted                     or held
 *   as-of-tolerance-s = 120                   and the other numbers of rule_set.h, within their bounds
 *   complete-not-before = 08:00               local time; an hour after `opens` where it is left out
 *
 *   [previous]                                may be left out: of which election previous.csv has the figures
 *   name = Bầu cử ...                         and name_en, as above
 *   date = 2021-05-23
 *   comparable = no                           yes where it is left out
 *   reason = advance voting was counted, too  why not; only then
 */
#ifndef TURNOUT_ELECTION_INI_H
#define TURNOUT_ELECTION_INI_H

#include <stdbool.h>
#include <stddef.h>

#include <turnout/election/election.h>
#include <turnout/election/register.h>

#define ELECTION_INI_FILE "election.ini"

/* False after every fault has gone to `on_fault`; *ret_election is written only on true. */
bool election_ini_read(const char *bytes, size_t length, fault_fn *on_fault, void *context,
                       struct election *ret_election);

#endif
