/* The rows of tokens.csv in memory, under a lock; saved as a whole. */
#include <turnout/store/tokens_change.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <turnout/base/buffer.h>
#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/base/rfc3339.h>
#include <turnout/wire/csv.h>

/* A command holds the lock for as long as it takes to write a small file. */
enum { LOCK_PATIENCE_MS = 10000, LOCK_ASK_MS = 20 };

/* The lock is on a file of its own: turnoutd keeps the folder locked, and the file itself is replaced. */
static enum turnout_error lock(struct tokens_change *change, struct error *error)
{
    const char *path = change->folder.path;
    enum turnout_error failed =
        private_file_open(&change->folder, TOKENS_LOCK_FILE, O_RDWR | O_CREAT, &change->lock_fd, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    int64_t deadline_ms = clock_monotonic_ms() + LOCK_PATIENCE_MS;
    while (flock(change->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        int reason = errno;
        if (reason == EWOULDBLOCK && clock_monotonic_ms() < deadline_ms) {
            (void)poll(NULL, 0, LOCK_ASK_MS);
            continue;
        }
        (void)close(change->lock_fd);
        return reason == EWOULDBLOCK
                   ? error_fail(error, TURNOUT_IN_USE, "data",
                                "%s/" TOKENS_LOCK_FILE ": another command is changing the tokens", path)
                   : error_fail_system(error, reason, "data", "%s/" TOKENS_LOCK_FILE " cannot be locked",
                                       path);
    }
    return TURNOUT_OK;
}

enum turnout_error tokens_change_begin(const char *data, fault_fn *on_fault, void *context,
                                       struct tokens_change *ret_change, struct error *error)
{
    struct tokens_change change = {.lock_fd = -1};
    enum turnout_error failed =
        private_folder_open(data, PRIVATE_FOLDER_FOUND, "data", &change.folder, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = lock(&change, error);
    if (failed != TURNOUT_OK) {
        private_folder_close(&change.folder);
        return failed;
    }
    struct tokens *tokens;
    failed = tokens_read(data, on_fault, context, &tokens, error);
    if (failed != TURNOUT_OK) {
        tokens_change_end(&change);
        return failed;
    }
    change.count = tokens_count(tokens);
    change.rows = memory_new_array(change.count + 1, sizeof *change.rows);
    for (size_t i = 0; i < change.count; i++) {
        change.rows[i] = *tokens_at(tokens, i);
    }
    tokens_release(tokens);
    *ret_change = change;
    return TURNOUT_OK;
}

void tokens_change_end(struct tokens_change *change)
{
    free(change->rows);
    change->rows = NULL;
    (void)close(change->lock_fd); /* and with it the lock goes */
    private_folder_close(&change->folder);
}

/* ---- rows ---- */

static struct known_token *find_id(const struct tokens_change *change, const char *id)
{
    for (size_t i = 0; i < change->count; i++) {
        if (strcmp(change->rows[i].id, id) == 0) {
            return &change->rows[i];
        }
    }
    return NULL;
}

static struct known_token *find_label(const struct tokens_change *change, const char *label)
{
    struct known_token *found = NULL;
    for (size_t i = 0; i < change->count; i++) {
        struct known_token *row = &change->rows[i];
        if (strcmp(row->label, label) == 0) {
            found = row;
            if (row->revoked == 0) {
                break;
            }
        }
    }
    return found;
}

struct known_token *tokens_change_find(const struct tokens_change *change, const char *id_or_label)
{
    struct known_token *found = find_id(change, id_or_label);
    return found != NULL ? found : find_label(change, id_or_label);
}

enum turnout_error tokens_change_add(struct tokens_change *change, struct known_token *token,
                                     struct error *error)
{
    assert(token_label_is_good(slice_of(token->label)));
    const struct known_token *other = find_label(change, token->label);
    if (other != NULL && other->revoked == 0) {
        return error_fail(error, TURNOUT_CONFLICT, "label",
                          "the token %s has it already: choose another, or revoke that one first", other->id);
    }
    if (find_id(change, token->label) != NULL) {
        return error_fail(error, TURNOUT_CONFLICT, "label", "it is the id of another token: choose another");
    }
    if (change->count == TOKENS_MAX) {
        return error_fail(error, TURNOUT_TOO_LARGE, "data",
                          "%s/" TOKENS_FILE " has %d tokens: take out those that have expired",
                          change->folder.path, TOKENS_MAX);
    }
    do {
        token_id_draw(token->id);
    } while (tokens_change_find(change, token->id) != NULL);
    change->rows = memory_resize(change->rows, change->count + 1, sizeof *change->rows);
    change->rows[change->count++] = *token;
    return TURNOUT_OK;
}

/* ---- the file ---- */

static void write_row(struct buffer *out, const struct known_token *row)
{
    char made[RFC3339_BYTES];
    char expires[RFC3339_BYTES];
    char revoked[RFC3339_BYTES] = "";
    rfc3339_format(row->made, 0, made);
    rfc3339_format(row->expires, 0, expires);
    if (row->revoked != 0) {
        rfc3339_format(row->revoked, 0, revoked);
    }
    buffer_printf(out, "%s,", row->id);
    csv_write_cell(out, slice_of(row->label), ',');
    buffer_printf(out, ",%s,%s,%s,%s,%s\n", token_role_name(row->role), row->area, made, expires, revoked);
}

enum turnout_error tokens_change_save(const struct tokens_change *change, struct error *error)
{
    struct buffer text = {0};
    buffer_append_text(&text, "id,label,role,area,made,expires,revoked\n");
    for (size_t i = 0; i < change->count; i++) {
        write_row(&text, &change->rows[i]);
    }
    enum turnout_error failed = private_file_write(&change->folder, TOKENS_FILE, text.bytes, text.length,
                                                   PRIVATE_FILE_REPLACE, error);
    buffer_done(&text);
    return failed;
}
