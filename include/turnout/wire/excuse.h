/* Why a unit is not heard, as a committee knows it. Redis keeps it as a JSON object. It stands until the unit is heard
 * again. */
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
    EXCUSE_NO_SIGNAL,   /* it works, but cannot send */
    EXCUSE_NOT_OPENING, /* no reports are expected of it, */
    EXCUSE_MERGED,      /* or those of another unit count its voters, too */
    EXCUSE_EXPECTED,    /* it will be heard at `until` */
    EXCUSE_STATUS_COUNT,
};

struct excuse {
    enum excuse_status status;
    char into[AREA_CODE_BYTES]; /* of EXCUSE_MERGED: code of the unit; else empty */
    int64_t until;              /* of EXCUSE_EXPECTED, Unix seconds; else 0 */
    int64_t given_ms;           /* Unix milliseconds */
    char note[NOTE_BYTES_MAX + 1];
    char who[LOG_WHO_BYTES];
};

const char *excuse_status_name(enum excuse_status status); /* "none", "no-signal", "not-opening", ... */
bool excuse_status_parse(struct slice name, enum excuse_status *ret_status);

/* Only while the unit counts nothing. */
bool excuse_needs_silence(enum excuse_status status);

void excuse_write(struct buffer *out, const struct excuse *excuse);
enum turnout_error excuse_read(struct slice text, struct excuse *ret_excuse, struct error *error);

/* What it is worth at `now` (Unix seconds): EXCUSE_NONE when the unit was heard since it was given, or did not keep the time
 * at which it was expected. */
enum excuse_status excuse_stands(const struct excuse *excuse, const struct unit_state *state, int64_t now);

/* How many units of an area are excused. */
struct excused {
    int64_t not_expected;          /* not opening, or merged */
    int64_t no_signal[ROUNDS_MAX]; /* [k - 1]: without a signal, and not heard in round k or a later one */
};

/* Adds a unit of which the excuse stands. */
void excused_count(struct excused *excused, enum excuse_status stands, const struct unit_state *state);
void excused_add(struct excused *sum, const struct excused *part);

#endif
