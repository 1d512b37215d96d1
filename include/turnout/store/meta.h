/* What stands recorded of the whole election, and changing it. */
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
    /* Where figures are held back: under which name every province keeps what was shown at that moment (bulletins.h), and
     * the last bulletin then; a later one is shown in its place. Empty: nothing was kept. */
    char shown[STORE_FROZEN_NAME_BYTES];
    int64_t shown_bulletin;
    int64_t bulletin;            /* the number of the newest; 0: there is none */
    struct bulletin_begun begun; /* the one that is under way */
    int64_t bulletin_due;        /* the last moment for which one was due; Unix seconds */
    bool is_closing_due;         /* the election has closed, and has no bulletin for that yet */
    int64_t changes;             /* of phase and publication, so far */
    unsigned char digest[REGISTER_DIGEST_BYTES]; /* of the register */
};

/* What store_prepare() (prepare.h) has found, or made. */
struct store_prepared {
    bool is_durable;      /* acknowledged means durable */
    bool is_new;          /* the election was seeded now */
    bool has_other_times; /* than the election was served by before */
    bool is_given_up; /* a person has given up the generation that is known: what is known counts no more */
    char generation[GENERATION_BYTES];
    char signing_key[PUBLIC_KEY_TEXT_BYTES + 1]; /* the election's: whose signature its bulletins carry */
    enum election_phase phase;
    int64_t revision; /* of the nation, as are the voters; 0 where Redis holds what is no count */
    int64_t voted;
};

/* `meta` is NULL unless TURNOUT_OK; borrowed for the call. */
typedef void store_meta_fn(void *context, enum turnout_error error, const char *why,
                           const struct store_meta *meta);
void store_read_meta(struct store *store, store_meta_fn *on_meta, void *context);

enum change_outcome {
    CHANGE_DONE,
    CHANGE_NONE,             /* it was so already */
    CHANGE_NOT_ALLOWED,      /* not from what stands */
    CHANGE_REHEARSAL_STANDS, /* the election cannot be opened while a province holds reports of the rehearsal */
};

struct store_change {
    enum change_outcome outcome;
    const char *before; /* what stood; empty for CHANGE_REHEARSAL_STANDS */
    uint32_t province;  /* for CHANGE_REHEARSAL_STANDS: the first that holds some */
};

/* `change` is NULL unless TURNOUT_OK, and borrowed for the call. On TURNOUT_UNAVAILABLE nobody knows whether it was
 * changed; asking for the same again is safe. */
typedef void store_changed_fn(void *context, enum turnout_error error, const char *why,
                              const struct store_change *change);

/* First takes every province into the phase, then the election. A province that was left behind by an interruption is
 * taken along when the same is asked for again. `who` goes into the ledger.
 * Where a mode holds figures back, `shown` is what the public is shown now, one text a province from the first on,
 * borrowed until `on_changed` is called; it is kept before the mode is changed, so that it stands whatever happens then. */
void store_change_phase(struct store *store, enum election_phase phase, const char *who, int64_t now_ms,
                        store_changed_fn *on_changed, void *context);
void store_change_publication(struct store *store, enum publication_mode mode, const struct buffer *shown,
                              const char *who, int64_t now_ms, store_changed_fn *on_changed, void *context);

#endif
