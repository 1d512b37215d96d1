/* What meta says: the shape of the keys, and the register that they were made of. */
#include "meta_words.h"

#include <string.h>

#include "store_private.h"
#include "words.h"

enum turnout_error meta_words_judge(struct slice schema, struct slice digest, const struct election *election,
                                    const unsigned char register_digest[GROUND_DIGEST_BYTES],
                                    struct error *error)
{
    unsigned char found[GROUND_DIGEST_BYTES];
    if (!slice_equals(schema, STORE_SCHEMA)) {
        return error_fail(error, TURNOUT_CONFLICT, "redis", "Redis holds %s in another schema than ours, %s",
                          election->id, STORE_SCHEMA);
    }
    if (!words_read_hex(digest, found, sizeof found) || memcmp(found, register_digest, sizeof found) != 0) {
        return error_fail(error, TURNOUT_CONFLICT, "election",
                          "Redis holds %s with another register (areas, units or rolls differ)",
                          election->id);
    }
    return TURNOUT_OK;
}
