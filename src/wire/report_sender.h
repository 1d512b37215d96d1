/* The sender of a report in the log, and the proof of it. */
#ifndef TURNOUT_WIRE_REPORT_SENDER_H
#define TURNOUT_WIRE_REPORT_SENDER_H

#include <turnout/base/error.h>
#include <turnout/election/election.h>
#include <turnout/election/keys.h>
#include <turnout/wire/log_line.h>

enum report_sender {
    SENDER_SIGNED,  /* by a key that was valid for the unit when the report arrived */
    SENDER_REVOKED, /* by a key revoked later as of an earlier time, which the server could not know */
    SENDER_VOUCHED, /* by an office, named in the log */
    SENDER_NOBODY,  /* by nobody: allowed for a test report */
};

/* What the check needs. */
struct report_sender_of {
    const struct election *election;
    const struct election_register *reg;
    const struct signing_keys *keys;
    uint32_t commune; /* whose log has the report; index of an area */
};

/* TURNOUT_BAD_INPUT: of another election, an invalid key or signature, or no sender. */
enum turnout_error report_sender_find(const struct report_sender_of *of, const struct log_line *line,
                                      enum report_sender *ret_sender, struct error *error);

#endif
