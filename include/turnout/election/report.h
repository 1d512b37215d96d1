/* A report: one unit's statement of how many have voted as of a time (DESIGN section 6), and its result. Plain
 * values, no pointers: copied freely. */
#ifndef TURNOUT_ELECTION_REPORT_H
#define TURNOUT_ELECTION_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/limits.h>
#include <turnout/base/rfc3339.h>

enum report_kind { KIND_PROGRESS, KIND_FINAL, KIND_CORRECTION };

enum report_reason {
    REASON_NONE,
    REASON_MISCOUNT,
    REASON_MISTYPED,
    REASON_WRONG_UNIT,
    REASON_ROLL_CHANGED,
    REASON_OTHER,
};

enum { REGISTERED_ABSENT = -1 };

struct report {
    char election[AREA_CODE_BYTES];
    char unit[AREA_CODE_BYTES];
    int32_t seq;                    /* 1 to SEQ_MAX */
    char as_of_text[RFC3339_BYTES]; /* as the unit wrote it, because the signature covers these characters */
    int64_t as_of;                  /* the same in Unix seconds */
    int32_t voted;                  /* 0 to VOTERS_MAX, since the polls opened */
    int32_t registered;             /* 0 to VOTERS_MAX, or REGISTERED_ABSENT: the roll is unchanged */
    enum report_kind kind;
    bool kind_given; /* an absent `kind` means progress, but is signed as empty */
    enum report_reason reason;
    char note[NOTE_BYTES_MAX + 1]; /* empty when absent */
    bool test;                     /* of a rehearsal; signed as such */
    char key[KEY_BYTES_MAX + 1];   /* empty when absent */
    char sig[SIGNATURE_TEXT_BYTES + 1];
};

enum report_status {
    STATUS_ACCEPTED,
    STATUS_DUPLICATE,
    STATUS_SUPERSEDED,
    STATUS_HELD,
    STATUS_REJECTED,
    STATUS_UNAVAILABLE,
    STATUS_COUNT,
};

enum report_code {
    CODE_NONE,
    CODE_MALFORMED,
    CODE_BAD_SIGNATURE,
    CODE_UNKNOWN_KEY,
    CODE_OUT_OF_SCOPE,
    CODE_UNKNOWN_UNIT,
    CODE_WRONG_ELECTION,
    CODE_SEQ_CONFLICT,
    CODE_SEQ_BEHIND,
    CODE_VOIDED,
    CODE_TOO_LARGE,
    CODE_SEQ_TOO_FAR,
    CODE_VOTED_EXCEEDS_REGISTERED,
    CODE_AS_OF_IN_FUTURE,
    CODE_AS_OF_BEFORE_OPENING,
    CODE_AS_OF_BEFORE_LAST,
    CODE_REASON_REQUIRED,
    CODE_COUNT_DECREASED,
    CODE_ROLL_CHANGED,
    CODE_TOO_FAST,
    CODE_COMPLETE_TOO_EARLY,
    CODE_SAME_FIGURES,
    CODE_CORRECTION,
    CODE_NOT_OPEN,
    CODE_CLOSED,
    CODE_TEST_REPORT,
    CODE_TOO_MANY,
    CODE_STORE_UNAVAILABLE,
    CODE_CLOCK_IN_DOUBT,
    CODE_COUNT,
};

/* `7K4Q-9M2D` and its NUL. */
enum { RECEIPT_BYTES = 10, REPORT_DIGEST_BYTES = 16, REPORT_DETAIL_BYTES = 320 };

/* What the rules look at: the content of a report, and what the server adds. */
struct report_received {
    int32_t seq;
    int32_t voted;
    int32_t registered; /* or REGISTERED_ABSENT */
    enum report_kind kind;
    enum report_reason reason;
    bool test;      /* of a rehearsal */
    uint32_t round; /* the round it counts for; 0: none */
    int64_t as_of;  /* Unix seconds */
    int64_t received_ms;
    unsigned char digest[REPORT_DIGEST_BYTES];
};

/* The answer to one report. */
struct report_result {
    char unit[AREA_CODE_BYTES]; /* empty when unknown */
    int32_t seq;                /* 0 when unknown */
    enum report_status status;
    bool is_new;                 /* counted or held by this report, not before; known to the server only */
    enum report_code code;       /* CODE_NONE unless held, rejected or unavailable */
    char receipt[RECEIPT_BYTES]; /* for accepted, duplicate, superseded, held; else empty */
    char field[32];              /* the field to blame; may be empty */
    char detail[REPORT_DETAIL_BYTES];  /* for a person; may be empty */
    int32_t next_seq;                  /* the number to use instead; 0: none */
    char generation[GENERATION_BYTES]; /* of the store that has the report; empty when it is not stored */
    bool test;                         /* it is a test report */
};

/* Names on the wire: "progress", "wrong-unit", "accepted", "seq-conflict", ... Statuses and codes are in
 * report_codes.c. */
const char *report_kind_name(enum report_kind kind);
const char *report_reason_name(enum report_reason reason); /* "" for REASON_NONE */
const char *report_status_name(enum report_status status);
const char *report_code_name(enum report_code code); /* "" for CODE_NONE */
bool report_kind_parse(struct slice name, enum report_kind *ret_kind);
bool report_reason_parse(struct slice name, enum report_reason *ret_reason);
bool report_status_parse(struct slice name, enum report_status *ret_status);
bool report_code_parse(struct slice name, enum report_code *ret_code);

/* The HTTP status of the answer to a single report. */
int report_result_http_status(const struct report_result *result);

/* A short title for the problem document. */
const char *report_code_title(enum report_code code);

/* Makes a rejection of *report, or `unavailable` when the code is a server problem (HTTP 503). `report` may be NULL;
 * only its unit, seq and test are used. A `field` of NULL is the code's own. `why` is for codes with several
 * causes. */
void report_reject(struct report_result *ret_result, const struct report *report, enum report_code code,
                   const char *field, const char *why_format, ...) __attribute__((format(printf, 5, 6)));

#endif
