/* What Redis keeps as words separated by spaces (proto/redis.md): a unit, a commune, the reports of a unit that were
 * held. Written to and read from text; nothing is believed that could not be. */
#ifndef TURNOUT_STORE_WORDS_H
#define TURNOUT_STORE_WORDS_H

#include <stdbool.h>

#include <turnout/base/buffer.h>
#include <turnout/election/held.h>
#include <turnout/election/rules.h>
#include <turnout/store/store.h>

enum { DIGEST_HEX_BYTES = 2 * REPORT_DIGEST_BYTES + 1 };

void words_write_unit(struct buffer *out, const struct unit_state *state);
bool words_read_unit(struct slice text, struct unit_state *ret_state);

/* All but the last word, which is Redis's own: the id of the commune's last log entry. */
void words_write_commune(struct buffer *out, const struct store_commune *commune);
bool words_read_commune(struct slice text, struct store_commune *ret_commune);

/* Those with which a commune's words begin, and by which it is known to be the same: revision and head, each followed
 * by a space. */
void words_write_expected(struct buffer *out, const struct store_commune *commune);

/* What a commune adds to its province. */
void words_write_change(struct buffer *out, const struct totals *change);

void words_write_held(struct buffer *out, const struct held_report *reports, size_t count);

/* Splits the first report off *rest. False at the end, where *rest is empty, and where it is none, where it is not. */
bool words_next_held(struct slice *rest, struct held_report *ret_report);

/* A report that broke rules. */
struct words_flagged {
    struct slice unit; /* its code */
    int32_t seq;
    int32_t voted;
    int64_t as_of;
    int64_t received_ms;
    struct slice flags; /* codes of the rules, separated by commas */
};
void words_write_flagged(struct buffer *out, const struct words_flagged *flagged);
bool words_read_flagged(struct slice text, struct words_flagged *ret_flagged); /* borrows the text */

/* Bytes as lower-case hex digits. */
void words_put_hex(struct buffer *out, const unsigned char *bytes, size_t length);
bool words_read_hex(struct slice hex, unsigned char *ret_bytes, size_t length);

#endif
