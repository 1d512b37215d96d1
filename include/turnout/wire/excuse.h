/* Why a unit does not report, as recorded by a committee. Redis stores it as a JSON object. It holds until the unit
 * reports again. */
#ifndef TURNOUT_WIRE_EXCUSE_H
#define TURNOUT_WIRE_EXCUSE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/error.h>
#include <turnout/election/rules.h>
#include <turnout/wire/log_line.h>

enum excuse_status {
    EXCUSE_NONE,
    EXCUSE_NO_SIGNAL,   /* the unit works, but cannot send */
    EXCUSE_NOT_OPENING, /* no reports are expected */
    EXCUSE_MERGED,      /* the same: another unit's reports include its voters */
    EXCUSE_EXPECTED,    /* it will report by `until` */
    EXCUSE_STATUS_COUNT,
};

struct excuse {
    enum excuse_status status;
    char into[AREA_CODE_BYTES]; /* for EXCUSE_MERGED: code of the other unit; else empty */
    int64_t until;              /* for EXCUSE_EXPECTED, Unix seconds; else 0 */
    int64_t given_ms;           /* Unix milliseconds */
    char note[NOTE_BYTES_MAX + 1];
    char who[LOG_WHO_BYTES];
};

const char *excuse_status_name(enum excuse_status status); /* "none", "no-signal", "not-opening", ... */
bool excuse_status_parse(struct slice name, enum excuse_status *ret_status);

/* Whether the excuse is allowed only for a unit without counted reports. */
bool excuse_needs_silence(enum excuse_status status);

void excuse_write(struct buffer *out, const struct excuse *excuse);
enum turnout_error excuse_read(struct slice text, struct excuse *ret_excuse, struct error *error);

/* The excuse in effect at `now` (Unix seconds): EXCUSE_NONE when the unit has reported since it was given, or missed
 * its expected time. */
enum excuse_status excuse_stands(const struct excuse *excuse, const struct unit_state *state, int64_t now);

/* How many units of an area are excused. */
struct excused {
    int64_t not_expected;          /* not opening, or merged */
    int64_t no_signal[ROUNDS_MAX]; /* [k - 1]: no signal, and no report in round k or a later one */
};

/* Adds a unit with the excuse in effect. */
void excused_count(struct excused *excused, enum excuse_status stands, const struct unit_state *state);
void excused_add(struct excused *sum, const struct excused *part);

#endif
