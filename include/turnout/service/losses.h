/* Detects what Redis has lost. Each reading is compared with what this server has seen before, also before its last
 * start (store/last_known.h). A commune with fewer reports, or as many others, is *short* until it shows exactly what
 * was known of it, or a person accepts the loss; meanwhile its province is not trusted. Belongs to the publisher's
 * thread, except for losses_sum() and losses_describe(). */
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

/* `known` is the content of the file; NULL: there is none. Borrowed for the call. */
struct losses *losses_new(const struct losses_options *options, const struct last_known *known);
void losses_free(struct losses *losses); /* NULL-safe */

/* Switches to another register, borrowed like the first; what is known of its communes is kept. */
void losses_set_register(struct losses *losses, const struct election_register *reg);

/* NULL when the province has everything that was seen of it; otherwise what is missing, valid until the next call. */
const char *losses_compare(struct losses *losses, const struct store_province *province);

/* Remembers a province that is complete and adds up. Its content must be durable. */
void losses_note(struct losses *losses, const struct store_province *province);
void losses_note_meta(struct losses *losses, const struct store_meta *meta);

/* Writes the file when something is new and it is due, and logs what is missing when that changes. Waits for the disk
 * only with `at_once`. */
void losses_keep(struct losses *losses, bool at_once);

struct losses_sum {
    int64_t reports;    /* missing */
    uint32_t provinces; /* not trusted */
    int64_t since_ms;   /* when the first was noticed; Unix milliseconds */
    const char *other;  /* a literal: what shows that this is another Redis altogether; NULL: nothing */
};

/* Whether anything is missing. Safe from every thread. */
bool losses_sum(const struct losses *losses, struct losses_sum *ret_sum);

enum { LOSSES_WORDS_BYTES = 160 };

/* The same in words, as /readyz says it. Safe from every thread. */
bool losses_describe(const struct losses *losses, char ret_words[LOSSES_WORDS_BYTES]);

#endif
