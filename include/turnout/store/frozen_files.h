/* Bulletins in Redis (proto/redis.md): beginning one, keeping what was frozen, a province at a time, ending it, and reading
 * it back. What is kept never changes: of several servers the first one's is kept.
 * Every callback is called exactly once, never before the call returns; what it is given is borrowed for it. After
 * TURNOUT_UNAVAILABLE nobody knows what was done; doing it again is safe. */
#ifndef TURNOUT_STORE_FROZEN_FILES_H
#define TURNOUT_STORE_FROZEN_FILES_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>
#include <turnout/store/store.h>

enum { STORE_FROZEN_NAME_BYTES = 32 };

/* Under which name a bulletin is kept, and what the public was shown at a moment (meta.h). */
void store_bulletin_name(int64_t number, char ret_name[STORE_FROZEN_NAME_BYTES]);

/* ---- beginning and ending ---- */

enum { BULLETIN_DUE_ASKED = 0, BULLETIN_DUE_CLOSING = -1 };

struct store_beginning {
    int64_t cut;       /* Unix seconds */
    const char *label; /* empty: what is due is passed over */
    int64_t due;       /* the moment it is due, in Unix seconds, or one of the above */
};

enum { BULLETIN_NOT_DUE = 0, BULLETIN_UNDER_WAY = -1 };

/* `number` is that of the bulletin, or one of the above; on an error it says nothing. */
typedef void store_begun_fn(void *context, enum turnout_error error, const char *why, int64_t number);
void store_begin_bulletin(struct store *store, const struct store_beginning *beginning,
                          store_begun_fn *on_begun, void *context);

typedef void store_kept_fn(void *context, enum turnout_error error, const char *why);
void store_end_bulletin(struct store *store, int64_t number, struct slice bundle, store_kept_fn *on_ended,
                        void *context);

/* ---- what was frozen ---- */

/* Keeps a province's part under this name, unless there is one. */
void store_keep_frozen(struct store *store, uint32_t province, const char *name, struct slice bundle,
                       store_kept_fn *on_kept, void *context);

/* `bundle` is {NULL, 0} when there is none. */
typedef void store_frozen_fn(void *context, enum turnout_error error, const char *why, struct slice bundle);

/* What is kept of a province under this name; of REGISTER_NATION the nation's. */
void store_read_frozen(struct store *store, uint32_t area, const char *name, store_frozen_fn *on_frozen,
                       void *context);

#endif
