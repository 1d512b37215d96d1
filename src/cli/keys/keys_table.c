/* The text of keys.csv: rows are appended; changing a cell rewrites all rows. */
#include "keys/keys_table.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <turnout/base/encoding.h>
#include <turnout/base/file.h>
#include <turnout/base/memory.h>
#include <turnout/store/election_keys.h>
#include <turnout/wire/csv_table.h>
#include <turnout/wire/signature.h>

enum { FILE_BYTES_MAX = 1 << 30, CELL_OF_KEY = 0, CELL_OF_REVOKED = 5 };

#define COLUMNS "key,area,public_key,from,until,revoked"

static const char header[] = COLUMNS "\n";

void keys_table_init(struct keys_table *table, const char *folder)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/" ELECTION_KEYS_FILE, folder);
    *table = (struct keys_table){.lock_fd = -1};
    table->path = buffer_take(&path, NULL);
    buffer_append_text(&table->text, header);
}

static enum turnout_error lock_folder(const char *folder, int *ret_fd, struct error *error)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return error_fail_system(error, errno, "election", "%s cannot be opened", folder);
    }
    int failed;
    do {
        failed = flock(fd, LOCK_EX);
    } while (failed != 0 && errno == EINTR);
    if (failed != 0) {
        enum turnout_error code = error_fail_system(error, errno, "election", "%s cannot be locked", folder);
        (void)close(fd);
        return code;
    }
    *ret_fd = fd;
    return TURNOUT_OK;
}

/* Whether the table is readable, but not in the form that we write: other columns, order, separator or encoding. We
 * add no rows to such a table; its author must decide. */
static bool has_other_form(char **bytes, size_t *length)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    size_t mark = *length >= 3 && memcmp(*bytes, byte_order_mark, 3) == 0 ? 3 : 0;
    struct slice rest = {*bytes + mark, *length - mark};
    struct slice first = text_split(&rest, '\n');
    if (first.length > 0 && first.bytes[first.length - 1] == '\r') {
        first.length--;
    }
    if (slice_equals(first, COLUMNS)) {
        return false;
    }
    struct csv_table csv;
    uint32_t line;
    return encoding_to_utf8(bytes, length, &line, NULL) == TURNOUT_OK &&
           csv_table_init(&csv, *bytes, *length, COLUMNS, "", NULL) == TURNOUT_OK;
}

static enum turnout_error load(struct keys_table *table, struct error *error)
{
    struct error cause;
    char *bytes = NULL;
    size_t length = 0;
    enum turnout_error failed = file_read(table->path, FILE_BYTES_MAX, &bytes, &length, &cause);
    if (failed == TURNOUT_NOT_FOUND) {
        return TURNOUT_OK;
    }
    if (failed != TURNOUT_OK) {
        return error_fail(error, failed, "election", "%s: %s", table->path, cause.text);
    }
    if (has_other_form(&bytes, &length)) {
        free(bytes);
        return error_fail(error, TURNOUT_BAD_INPUT, "election",
                          "%s has another form than keys can be added to; save it in UTF-8, separated by "
                          "commas, with the first line `" COLUMNS "`",
                          table->path);
    }
    buffer_clear(&table->text);
    buffer_append(&table->text, bytes, length);
    free(bytes);
    return TURNOUT_OK;
}

enum turnout_error keys_table_open(const char *folder, struct keys_table *ret_table, struct error *error)
{
    int lock_fd = -1;
    enum turnout_error failed = lock_folder(folder, &lock_fd, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct keys_table table;
    keys_table_init(&table, folder);
    table.lock_fd = lock_fd;
    failed = load(&table, error);
    if (failed != TURNOUT_OK) {
        keys_table_close(&table);
        return failed;
    }
    *ret_table = table;
    return TURNOUT_OK;
}

void keys_table_close(struct keys_table *table)
{
    if (table->lock_fd >= 0) {
        (void)close(table->lock_fd); /* releases the lock */
    }
    free(table->path);
    buffer_done(&table->text);
}

void keys_table_add(struct keys_table *table, const char *key, const char *area,
                    const unsigned char public_key[PUBLIC_KEY_BYTES], const char *from, const char *until)
{
    struct buffer *text = &table->text;
    char encoded[PUBLIC_KEY_TEXT_BYTES + 1];
    public_key_format(public_key, encoded);
    if (text->length > 0 && text->bytes[text->length - 1] != '\n') {
        buffer_append_char(text, '\n');
    }
    const struct slice cells[] = {slice_of(key),  slice_of(area),  slice_of(encoded),
                                  slice_of(from), slice_of(until), slice_of("")};
    csv_write_row(text, cells, sizeof cells / sizeof cells[0]);
}

static bool is_among(struct slice id, const char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equals(id, ids[i])) {
            return true;
        }
    }
    return false;
}

void keys_table_revoke(struct keys_table *table, const char *const *ids, size_t count, const char *moment)
{
    struct buffer text = {0};
    struct csv_table csv;
    struct csv_row row;
    size_t found = 0;
    enum turnout_error failed =
        csv_table_init(&csv, table->text.bytes, table->text.length, COLUMNS, "", NULL);
    assert(failed == TURNOUT_OK);
    buffer_append_text(&text, header);
    while (csv_table_next(&csv, &row, NULL) == CSV_ROW) {
        if (is_among(row.cells[CELL_OF_KEY], ids, count)) {
            row.cells[CELL_OF_REVOKED] = slice_of(moment);
            found++;
        }
        csv_write_row(&text, row.cells, row.cell_count);
    }
    assert(found == count);
    buffer_done(&table->text);
    table->text = text;
}

enum turnout_error keys_table_save(const struct keys_table *table, struct error *error)
{
    struct error cause;
    enum turnout_error failed = file_write(table->path, table->text.bytes, table->text.length, &cause);
    if (failed != TURNOUT_OK) {
        return error_fail(error, failed, "election", "%s %s", table->path, cause.text);
    }
    /* The new name must survive a power cut, too. */
    if (table->lock_fd >= 0 && fsync(table->lock_fd) != 0) {
        return error_fail_system(error, errno, "election", "the folder of %s cannot be synced", table->path);
    }
    return TURNOUT_OK;
}
