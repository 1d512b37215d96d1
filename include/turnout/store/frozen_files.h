/* Bulletins in Redis (proto/redis.md): beginning one, storing the frozen parts province by province, ending it, and
 * reading it back. Stored parts never change: of several servers the first one's part is kept. Every callback is
 * called exactly once, never before the call returns; its arguments are borrowed. After TURNOUT_UNAVAILABLE the
 * outcome is unknown; repeating the call is safe. */
#ifndef TURNOUT_STORE_FROZEN_FILES_H
#define TURNOUT_STORE_FROZEN_FILES_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>
#include <turnout/store/store.h>

enum { STORE_FROZEN_NAME_BYTES = 32 };

/* The name under which a bulletin is stored, as is what the public was shown at a moment (meta.h). */
void store_bulletin_name(int64_t number, char ret_name[STORE_FROZEN_NAME_BYTES]);

/* ---- beginning and ending ---- */

enum { BULLETIN_DUE_ASKED = 0, BULLETIN_DUE_CLOSING = -1 };

struct store_beginning {
    int64_t cut;       /* Unix seconds */
    const char *label; /* empty: skips the due bulletin */
    int64_t due;       /* when it is due, Unix seconds, or one of the above */
};

enum { BULLETIN_NOT_DUE = 0, BULLETIN_UNDER_WAY = -1 };

/* `number` is the bulletin's, or one of the above; undefined on an error. */
typedef void store_begun_fn(void *context, enum turnout_error error, const char *why, int64_t number);
void store_begin_bulletin(struct store *store, const struct store_beginning *beginning,
                          store_begun_fn *on_begun, void *context);

typedef void store_kept_fn(void *context, enum turnout_error error, const char *why);
void store_end_bulletin(struct store *store, int64_t number, struct slice bundle, store_kept_fn *on_ended,
                        void *context);

/* ---- frozen parts ---- */

/* Stores a province's part under this name, unless there is one. */
void store_keep_frozen(struct store *store, uint32_t province, const char *name, struct slice bundle,
                       store_kept_fn *on_kept, void *context);

/* `bundle` is {NULL, 0} when there is none. */
typedef void store_frozen_fn(void *context, enum turnout_error error, const char *why, struct slice bundle);

/* Reads the part of a province, or of the nation (REGISTER_NATION), under this name. */
void store_read_frozen(struct store *store, uint32_t area, const char *name, store_frozen_fn *on_frozen,
                       void *context);

#endif
