/* Who says what a report in the log says, and whether that can be shown. */
#ifndef TURNOUT_WIRE_REPORT_SENDER_H
#define TURNOUT_WIRE_REPORT_SENDER_H

#include <turnout/base/error.h>
#include <turnout/election/election.h>
#include <turnout/election/keys.h>
#include <turnout/wire/log_line.h>

enum report_sender {
    SENDER_SIGNED,  /* by a key that was good for the unit when the report came */
    SENDER_REVOKED, /* by a key that by now is revoked as of an earlier moment: the server could not know */
    SENDER_VOUCHED, /* an office, by its name in the log */
    SENDER_NOBODY,  /* a test report, which needs nobody */
};

/* By what that is found. */
struct report_sender_of {
    const struct election *election;
    const struct election_register *reg;
    const struct signing_keys *keys;
    uint32_t commune; /* in whose log the report is; index of an area */
};

/* TURNOUT_BAD_INPUT: it is of another election; or the key or signature is not good; or nobody says so. */
enum turnout_error report_sender_find(const struct report_sender_of *of, const struct log_line *line,
                                      enum report_sender *ret_sender, struct error *error);

#endif
