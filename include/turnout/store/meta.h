/* The record of the whole election, and changing it. */
#ifndef TURNOUT_STORE_META_H
#define TURNOUT_STORE_META_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/bulletin.h>
#include <turnout/election/phase.h>
#include <turnout/store/frozen_files.h>
#include <turnout/store/store.h>
#include <turnout/wire/signature.h>

struct store_meta {
    enum election_phase phase;
    enum publication_mode publication;
    char generation[GENERATION_BYTES];
    /* While figures are held back: the name under which every province stores what was shown then (frozen_files.h),
     * and the last bulletin then; a later bulletin is shown instead. Empty: nothing is stored. */
    char shown[STORE_FROZEN_NAME_BYTES];
    int64_t shown_bulletin;
    int64_t bulletin;                            /* number of the newest; 0: none */
    struct bulletin_begun begun;                 /* the one in progress */
    int64_t bulletin_due;                        /* when one was last due; Unix seconds */
    bool is_closing_due;                         /* closed, and the closing bulletin is still due */
    unsigned char digest[REGISTER_DIGEST_BYTES]; /* of the register */
};

/* The result of store_prepare() (prepare.h). */
struct store_prepared {
    bool is_durable;      /* acknowledged means durable */
    bool is_new;          /* the election was seeded now */
    bool has_other_times; /* other than the election was served with before */
    bool was_opening;     /* an opening was interrupted; every province is in `phase` now */
    bool is_given_up;     /* a person has given up the remembered generation: ignore what is remembered */
    char generation[GENERATION_BYTES];
    char signing_key[PUBLIC_KEY_TEXT_BYTES + 1]; /* public key of the election's bulletins */
    enum election_phase phase;
    int64_t revision; /* of the nation, as is `voted`; 0 where Redis holds an invalid count */
    int64_t voted;
};

/* `meta` is NULL unless TURNOUT_OK; borrowed for the call. */
typedef void store_meta_fn(void *context, enum turnout_error error, const char *why,
                           const struct store_meta *meta);
void store_read_meta(struct store *store, store_meta_fn *on_meta, void *context);

enum change_outcome {
    CHANGE_DONE,
    CHANGE_NONE,             /* no change: already so */
    CHANGE_NOT_ALLOWED,      /* not allowed from the current value */
    CHANGE_REHEARSAL_STANDS, /* a province still holds reports of the rehearsal, so the election cannot open */
};

struct store_change {
    enum change_outcome outcome;
    const char *before; /* the previous value; empty for CHANGE_REHEARSAL_STANDS */
    uint32_t province;  /* for CHANGE_REHEARSAL_STANDS: the first such province */
};

/* `change` is NULL unless TURNOUT_OK, and borrowed for the call. On TURNOUT_UNAVAILABLE the outcome is unknown;
 * repeating the call is safe. */
typedef void store_changed_fn(void *context, enum turnout_error error, const char *why,
                              const struct store_change *change);

/* store_change_phase changes the provinces first, then the election; an opening is of all provinces or of none.
 * Repeating the call also changes provinces that an interruption left behind. `who` goes into the ledger. When `mode`
 * holds figures back, `shown` is what the public is shown now, one text a province from the first on, borrowed until
 * `on_changed` is called. It is stored before the mode changes, so that it stays whatever happens then. */
void store_change_phase(struct store *store, enum election_phase phase, const char *who, int64_t now_ms,
                        store_changed_fn *on_changed, void *context);
void store_change_publication(struct store *store, enum publication_mode mode, const struct buffer *shown,
                              const char *who, int64_t now_ms, store_changed_fn *on_changed, void *context);

#endif
