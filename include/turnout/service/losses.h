/* What Redis has lost: each reading is compared with what this server has seen before, also before its last start
 * (store/last_known.h). A commune that shows fewer reports, or as many others, is short from then on, until it shows
 * exactly what was known of it, or a person has accepted the loss; its province is not believed meanwhile.
 * Belongs to the publisher's thread, but for losses_sum(). */
#ifndef TURNOUT_SERVICE_LOSSES_H
#define TURNOUT_SERVICE_LOSSES_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/election/election.h>
#include <turnout/store/last_known.h>
#include <turnout/store/meta.h>
#include <turnout/store/read.h>

enum { LOSSES_KEEP_MS = 1000 }; /* the file is written at most this often */

struct losses_options {
    const struct election *election; /* borrowed, as all here */
    const struct election_register *reg;
    const char *data;       /* the folder of the file */
    const char *generation; /* of the election in Redis; borrowed for the call */
};

struct losses;

/* `known` is what the file says; NULL: nothing is known yet. Borrowed for the call. */
struct losses *losses_new(const struct losses_options *options, const struct last_known *known);
void losses_free(struct losses *losses); /* NULL-safe */

/* From now on the provinces are those of another register, borrowed like the first; what is known of their communes stays. */
void losses_set_register(struct losses *losses, const struct election_register *reg);

/* NULL when the province holds all that was seen of it; else why not, valid until the next call. */
const char *losses_compare(struct losses *losses, const struct store_province *province);

/* Remembers a province that is complete and adds up. What it shows must be durable. */
void losses_note(struct losses *losses, const struct store_province *province);
void losses_note_meta(struct losses *losses, const struct store_meta *meta);

/* Has the file written, if there is something new and it is time; and logs what is missing, when that has changed. Waits
 * for the disk only with `at_once`. */
void losses_keep(struct losses *losses, bool at_once);

struct losses_sum {
    int64_t reports;    /* that are missing */
    uint32_t provinces; /* that are not believed */
    int64_t since_ms;   /* when the first was noticed; Unix milliseconds */
    const char *other;  /* a literal: in what Redis is another one altogether; NULL: in nothing */
};

/* Whether anything is missing. Safe from every thread. */
bool losses_sum(const struct losses *losses, struct losses_sum *ret_sum);

enum { LOSSES_WORDS_BYTES = 160 };

/* The same in words, as /readyz says it. Safe from every thread. */
bool losses_describe(const struct losses *losses, char ret_words[LOSSES_WORDS_BYTES]);

#endif
