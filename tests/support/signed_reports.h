/* Signed reports of the small election, and the keys that sign them. Each key id has a private key of its own, so that
 * a test names keys and seldom sees them. */
#ifndef TURNOUT_TESTS_SIGNED_REPORTS_H
#define TURNOUT_TESTS_SIGNED_REPORTS_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/election/report.h>
#include <turnout/wire/signature.h>

#include "workspace.h"

enum { CODE_TEXT_BYTES = 32 };

/* A row of keys.csv without its public key. */
struct key_row {
    const char *id;
    const char *area;
    const char *from;
    const char *until;
    const char *revoked;
};

/* Writes election/keys.csv. */
void key_rows_write(const struct workspace *workspace, const struct key_row *rows, size_t count);

/* The private key of an id, for what is no report. */
void signing_seed_of(const char *id, unsigned char ret_seed[SIGNING_SEED_BYTES]);

/* A test report of 0101-001 that is not signed yet. */
struct report signed_report_of(int32_t seq, int32_t voted);

/* Signs with the private key of `signer`, and says that it was that of `key`. */
void signed_report_sign(struct report *report, const char *key, const char *signer);

/* Posts it as it is; returns the HTTP status, and the code, "" for none. */
int signed_report_post(uint16_t intake_http_port, const struct report *report,
                       char ret_code[CODE_TEXT_BYTES]);

#endif
