/* The lines that a report's signature and receipt are computed from (DESIGN section 6). */
#ifndef TURNOUT_WIRE_SIGNATURE_H
#define TURNOUT_WIRE_SIGNATURE_H

#include <turnout/base/buffer.h>
#include <turnout/election/report.h>

/* Appends `turnout-report-v1` and the fields down to `key`, each ended by a newline. */
void signed_lines_write(struct buffer *out, const struct report *report);

/* The first REPORT_DIGEST_BYTES of BLAKE2b-256 over the signed lines up to `note`: two reports of a unit with
 * the same seq are the same report when their digests are equal. Allocates nothing. */
void report_digest(const struct report *report, unsigned char ret_digest[REPORT_DIGEST_BYTES]);

/* The first 40 bits of the digest in Crockford base32, in two groups: `7K4Q-9M2D`. */
void receipt_from_digest(const unsigned char digest[REPORT_DIGEST_BYTES], char ret_receipt[RECEIPT_BYTES]);

#endif
