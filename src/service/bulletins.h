/* Bulletins: when one is due, freezing it a province at a time, and reading back what was frozen, also by other servers
 * and before this one was started. Belongs to the publisher, and lives on its loop and its link.
 *
 *   begin    Redis gives the number. From then on every server knows that the bulletin is under way. A server that
 *            can sign goes on with it, also after a crash.
 *   freeze   each province: read at one instant, checked, kept. Of several servers, the first one's part is kept.
 *   end      the nation's file, the statement and its signature follow from what is kept.
 *   load     every server reads it whole from Redis, checks the hashes, and serves those bytes.
 *
 * What the public is shown while figures are held back is kept and read in the same way: the newest bulletin, or what
 * was shown when the mode was changed. */
#ifndef TURNOUT_SERVICE_BULLETINS_H
#define TURNOUT_SERVICE_BULLETINS_H

#include <stdatomic.h>
#include <stdbool.h>

#include <turnout/service/losses.h>
#include <turnout/service/shelf.h>
#include <turnout/store/meta.h>
#include <turnout/store/store.h>

struct bulletins_options {
    const struct election *election; /* borrowed, as all here */
    const struct election_register *reg;
    struct store *store;
    struct losses *losses;         /* may be NULL */
    const char *data;              /* the folder that remembers the number of the newest; NULL: none does */
    const atomic_bool *is_durable; /* whether acknowledged means durable */
    const unsigned char
        *signing_pair; /* SIGNING_PAIR_BYTES; NULL: this server does not have the election's key */
    void (*on_moved)(void *context); /* the shelf or the picture is another */
    void *context;
};

struct bulletins;

struct bulletins *bulletins_new(const struct bulletins_options *options);
void bulletins_free(struct bulletins *bulletins); /* NULL-safe; free the store before */

/* From now on all is of another register; what is on the shelf stays. Nothing may be awaited of the store. */
void bulletins_set_register(struct bulletins *bulletins, const struct election_register *reg);

/* What Redis says of the election now. What follows from that is begun at once. */
void bulletins_note(struct bulletins *bulletins, const struct store_meta *meta);

/* Whether everything that Redis keeps for readers is at hand. */
bool bulletins_are_loaded(const struct bulletins *bulletins, const struct store_meta *meta);

/* Borrowed until it has moved. */
struct shelf *bulletins_shelf(const struct bulletins *bulletins);

/* What the public is shown while figures are held back. */
struct picture {
    const char *name;                 /* under which Redis keeps it: of another name it is another one */
    const struct area_figures *areas; /* one an area of the register */
    int64_t generated_at;             /* Unix seconds */
    bool is_rehearsal;
};

enum picture_state {
    PICTURE_NONE,    /* nothing was kept */
    PICTURE_AWAITED, /* it is being read */
    PICTURE_READY,
};

/* `ret_picture` is borrowed until it has moved. */
enum picture_state bulletins_picture(const struct bulletins *bulletins, const struct store_meta *meta,
                                     struct picture *ret_picture);

/* Whether readers see a province's ledger, and up to which entry: what a unit has corrected is a figure, too. That of
 * the election (REGISTER_NATION), and while figures are not held back every one, they see to its end: then it is
 * empty. */
bool bulletins_show_ledger(const struct bulletins *bulletins, const struct store_meta *meta, uint32_t area,
                           const char **ret_until);

#endif
