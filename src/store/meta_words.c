/* What meta says: the shape of the keys, and the register that they were made of. */
#include "meta_words.h"

#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/register_digest.h>

#include "store_private.h"
#include "words.h"

/* The parts of which one says another fingerprint than the other, "units.csv and the rules in election.ini". */
static void name_what_differs(struct buffer *out, struct slice theirs, const char *ours)
{
    struct slice rest = slice_of(ours);
    while (rest.length > 0 && theirs.length > 0) {
        struct slice part = text_split(&rest, ' ');
        struct slice other = text_split(&theirs, ' ');
        if (!slices_equal(part, other)) {
            struct slice name = text_split(&part, '=');
            buffer_append_text(out, out->length == 0 ? "" : " and ");
            buffer_append_text(out, slice_equals(name, "rules") ? "the rules in election.ini" : "");
            buffer_append(out, name.bytes, slice_equals(name, "rules") ? 0 : name.length);
        }
    }
    if (out->length == 0) {
        buffer_append_text(out, "areas, units or rules");
    }
}

enum turnout_error meta_words_judge_register(struct slice digest, struct slice files,
                                             const struct election *election,
                                             const struct election_register *reg, const char *remedy,
                                             struct error *error)
{
    unsigned char found[REGISTER_DIGEST_BYTES];
    char theirs[RECEIPT_BYTES] = "none";
    char ours[RECEIPT_BYTES];
    if (words_read_hex(digest, found, sizeof found)) {
        if (memcmp(found, reg->digest, sizeof found) == 0) {
            return TURNOUT_OK;
        }
        register_fingerprint(found, theirs);
    }
    register_fingerprint(reg->digest, ours);
    struct buffer differing = {0};
    name_what_differs(&differing, files, reg->files);
    enum turnout_error failed =
        error_fail(error, TURNOUT_CONFLICT, "election",
                   "Redis holds %s with another register, fingerprint %s; this server has %s (%s differ): %s",
                   election->id, theirs, ours, differing.bytes, remedy);
    buffer_done(&differing);
    return failed;
}

enum turnout_error meta_words_judge(struct slice schema, struct slice digest, struct slice files,
                                    const struct election *election, const struct election_register *reg,
                                    const char *remedy, struct error *error)
{
    if (!slice_equals(schema, STORE_SCHEMA)) {
        return error_fail(error, TURNOUT_CONFLICT, "redis", "Redis holds %s in another schema than ours, %s",
                          election->id, STORE_SCHEMA);
    }
    return meta_words_judge_register(digest, files, election, reg, remedy, error);
}
