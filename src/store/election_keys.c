/* Reads the signing keys of an election: the text of a row here, what the rows mean in election/keys.c. */
#include <turnout/store/election_keys.h>

#include <assert.h>

#include <turnout/base/rfc3339.h>
#include <turnout/wire/signature.h>

#include "folder_reading.h"

/* Where a row goes, and where its faults go. */
struct keys_reading {
    struct folder_reading reading;
    struct signing_keys_builder *builder;
};

/* 0 when the cell is empty, or when it is faulty, which has been told then. What would be taken for an empty cell, the
 * first second of 1970, is a fault, lest a key that was revoked with it stay good. */
static int64_t read_moment(struct folder_reading *reading, uint32_t line, const char *column,
                           struct slice cell)
{
    int64_t moment = 0;
    if (cell.length == 0) {
        return 0;
    }
    if (!rfc3339_parse(cell, &moment, NULL) || moment <= 0) {
        char shown[TEXT_SHOWN_BYTES];
        faults_add(&reading->faults, ELECTION_KEYS_FILE, line, column,
                   "\"%s\" is not a time; write one such as 2026-03-15T07:00:00+07:00, or nothing",
                   text_show(cell, shown));
        return 0;
    }
    return moment;
}

/* A row with a faulty cell goes on all the same: the rest of it may be faulty, too. */
static void add_key(void *context, const struct csv_row *row)
{
    struct keys_reading *keys = context;
    unsigned char public_key[PUBLIC_KEY_BYTES] = {0};
    if (!public_key_parse(row->cells[2], public_key)) {
        char shown[TEXT_SHOWN_BYTES];
        faults_add(&keys->reading.faults, ELECTION_KEYS_FILE, row->line, "public_key",
                   "\"%s\" is not a public key; write the 32 bytes of an Ed25519 key as %d "
                   "characters of base64url without padding",
                   text_show(row->cells[2], shown), PUBLIC_KEY_TEXT_BYTES);
    }
    int64_t from = read_moment(&keys->reading, row->line, "from", row->cells[3]);
    int64_t until = read_moment(&keys->reading, row->line, "until", row->cells[4]);
    int64_t revoked = read_moment(&keys->reading, row->line, "revoked", row->cells[5]);
    signing_keys_builder_add(keys->builder, row->line, row->cells[0], row->cells[1], public_key, from, until,
                             revoked);
}

enum turnout_error election_keys_read(const char *folder, const struct election_register *reg,
                                      fault_fn *on_fault, void *context, struct signing_keys **ret_keys,
                                      struct error *error)
{
    static const struct folder_table table = {ELECTION_KEYS_FILE, "key,area,public_key,from,until,revoked",
                                              "", "write it, or take it away: then nobody can sign", add_key};
    struct keys_reading keys = {.builder = NULL};
    folder_reading_init(&keys.reading, folder, on_fault, context);
    keys.builder = signing_keys_builder_new(reg, faults_pass_on, &keys.reading.faults);
    if (folder_reading_has(&keys.reading, ELECTION_KEYS_FILE)) {
        (void)folder_reading_table(&keys.reading, &table, &keys);
    }
    struct signing_keys *built = signing_keys_builder_finish(keys.builder);
    signing_keys_builder_free(keys.builder);
    enum turnout_error failed = folder_reading_sum_up(&keys.reading, ELECTION_KEYS_FILE, error);
    if (failed != TURNOUT_OK) {
        signing_keys_release(built);
        return failed;
    }
    assert(built != NULL);
    *ret_keys = built;
    return TURNOUT_OK;
}
