/* keys.csv, read from a folder as turnoutd does. Keys that are taken are the rows, each with an id of its own, an area
 * that is there, its public key to the bit and moments in order; they sign for the units that they should, as long as
 * they should. Rows that are not taken have their faults told, each at a line that is there. */
#include "fuzz.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include <turnout/base/buffer.h>
#include <turnout/base/encoding.h>
#include <turnout/base/rfc3339.h>
#include <turnout/store/election_keys.h>
#include <turnout/wire/csv_table.h>
#include <turnout/wire/signature.h>

enum { INPUT_BYTES_MAX = 16 * 1024, KEY_CELLS = 6 };

/* ---- the register that the keys belong to ---- */

static void on_register_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    (void)file;
    (void)line;
    assert(error == NULL); /* it has no faults */
}

static void add_area(struct register_builder *builder, const char *code, const char *level,
                     const char *parent)
{
    register_builder_add_area(builder, 2, slice_of(code), slice_of(level), slice_of(parent), slice_of("Name"),
                              slice_of(""));
}

static void add_unit(struct register_builder *builder, const char *code, const char *commune)
{
    register_builder_add_unit(builder, 2, slice_of(code), slice_of(commune), slice_of("Name"),
                              slice_of("905"));
}

/* Two provinces, so that a key can be of the wrong one; the names of proto/examples/keys.csv are there. */
static struct election_register *make_register(void)
{
    struct register_builder *builder = register_builder_new(on_register_fault, NULL);
    add_area(builder, "VN", "nation", "");
    add_area(builder, "46", "province", "VN");
    add_area(builder, "01", "province", "VN");
    add_area(builder, "19804", "commune", "46");
    add_area(builder, "19805", "commune", "46");
    add_area(builder, "00004", "commune", "01");
    add_unit(builder, "19804-003", "19804");
    add_unit(builder, "19804-004", "19804");
    add_unit(builder, "19805-001", "19805");
    add_unit(builder, "1", "00004");
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    assert(reg != NULL);
    return reg;
}

/* ---- reading ---- */

/* What is told of the faults. */
struct listener {
    uint64_t faults;
    uint32_t line_count;
};

static void on_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    struct listener *listener = context;
    listener->faults += !error->is_warning;
    assert(strcmp(file, ELECTION_KEYS_FILE) == 0 && line <= listener->line_count);
    assert(error->text[0] != '\0' && text_is_utf8(slice_of(error->text), NULL));
    assert(!text_has_control(slice_of(error->text)));
}

static uint32_t count_lines(struct slice text)
{
    uint32_t count = 0;
    while (text.bytes != NULL) {
        (void)text_split(&text, '\n');
        count++;
    }
    return count;
}

/* NULL when there was a fault. */
static struct signing_keys *read_text(struct slice text, const struct election_register *reg)
{
    char folder[] = "/dev/shm/turnout-fuzz-XXXXXX"; /* in memory: a disk is fifteen times slower */
    struct buffer path = {0};
    struct error error = {.text = ""};
    struct listener listener = {.line_count = count_lines(text)};
    struct signing_keys *keys = NULL;
    assert(mkdtemp(folder) != NULL);
    buffer_printf(&path, "%s/" ELECTION_KEYS_FILE, folder);
    int fd = open(path.bytes, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert(fd >= 0 && write(fd, text.bytes, text.length) == (ssize_t)text.length && close(fd) == 0);
    enum turnout_error failed = election_keys_read(folder, reg, on_fault, &listener, &keys, &error);
    assert(unlink(path.bytes) == 0 && rmdir(folder) == 0);
    buffer_done(&path);
    assert((failed == TURNOUT_OK) == (listener.faults == 0));
    assert((failed == TURNOUT_OK) == (keys != NULL) && (failed == TURNOUT_OK) == (error.text[0] == '\0'));
    return keys;
}

/* ---- what was taken ---- */

static void check_moment(struct slice cell, int64_t moment)
{
    int32_t offset_s;
    int64_t in_cell;
    char again[RFC3339_BYTES];
    if (cell.length == 0) {
        assert(moment == 0);
        return;
    }
    assert(rfc3339_parse(cell, &in_cell, &offset_s) && in_cell == moment && moment > 0);
    rfc3339_format(moment, offset_s, again);
    size_t length = strlen("2026-03-15T07:00:00"); /* a Z and +00:00 are the same */
    assert(cell.length > length && memcmp(cell.bytes, again, length) == 0);
}

/* Every cell stands in the key. */
static void check_row(const struct csv_row *row, const struct signing_key *key,
                      const struct election_register *reg)
{
    char public_key[PUBLIC_KEY_TEXT_BYTES + 1];
    assert(row->cell_count == KEY_CELLS && slice_equals(row->cells[0], key->id));
    assert(text_is_key_id(slice_of(key->id)));
    assert(key->unit == REGISTER_NONE || key->area == REGISTER_NONE);
    assert(key->unit != key->area || key->revoked != 0);
    assert(key->unit == REGISTER_NONE || key->unit < reg->unit_count);
    assert(key->area == REGISTER_NONE || key->area < reg->area_count);
    assert(slice_equals(row->cells[1], key->code));
    (void)sodium_bin2base64(public_key, sizeof public_key, key->public_key, sizeof key->public_key,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    assert(slice_equals(row->cells[2], public_key));
    check_moment(row->cells[3], key->from);
    check_moment(row->cells[4], key->until);
    check_moment(row->cells[5], key->revoked);
    assert(key->until == 0 || key->until > key->from);
}

static void check_covered(const struct signing_key *key, const struct election_register *reg)
{
    for (uint32_t unit = 0; unit < reg->unit_count; unit++) {
        bool is_above =
            key->area != REGISTER_NONE && register_area_contains(reg, key->area, reg->units[unit].commune);
        assert(signing_key_covers(key, reg, unit) == (is_above || key->unit == unit));
    }
}

static void check_goodness(const struct signing_key *key)
{
    const int64_t moments[] = {
        0,          key->from - 1,    key->from,    key->until - 1,
        key->until, key->revoked - 1, key->revoked, key->from + (key->until - key->from) / 2,
        INT64_MAX};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        int64_t now = moments[i];
        const char *why = NULL;
        bool has_begun = now >= key->from;
        bool has_ended = (key->until != 0 && now >= key->until) || (key->revoked != 0 && now >= key->revoked);
        assert(signing_key_is_good_at(key, now, &why) == (has_begun && !has_ended));
        assert((why == NULL) == (has_begun && !has_ended));
    }
}

/* The rows again, and each of them a key. */
static void check_keys(const struct signing_keys *keys, struct slice text,
                       const struct election_register *reg)
{
    char *copy = fuzz_copy(text.bytes, text.length);
    size_t length = text.length;
    struct csv_table csv;
    struct csv_row row;
    struct error error;
    uint32_t line;
    enum turnout_error failed = encoding_to_utf8(&copy, &length, &line, &error);
    assert(failed == TURNOUT_OK && text_is_utf8((struct slice){copy, length}, NULL));
    failed = csv_table_init(&csv, copy, length, "key,area,public_key,from,until,revoked", "", &error);
    assert(failed == TURNOUT_OK);
    enum csv_found found;
    size_t place = 0;
    while ((found = csv_table_next(&csv, &row, &error)) != CSV_END) {
        assert(found == CSV_ROW && place < signing_keys_count(keys));
        const struct signing_key *key = signing_keys_at(keys, place++);
        assert(signing_keys_find(keys, key->id) == key);
        check_row(&row, key, reg);
        check_covered(key, reg);
        check_goodness(key);
    }
    assert(place == signing_keys_count(keys));
    assert(signing_keys_find(keys, "") == NULL && signing_keys_find(keys, "no key has this id") == NULL);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_BYTES_MAX) {
        return 0;
    }
    struct slice text = {(const char *)data, size};
    struct election_register *reg = make_register();
    struct signing_keys *keys = read_text(text, reg);
    if (keys != NULL) {
        check_keys(keys, text, reg);
    }
    signing_keys_release(keys);
    register_release(reg);
    return 0;
}
