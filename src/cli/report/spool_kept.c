/* Kept reports: a short text, filtered line by line. */
#include "report/spool_kept.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <turnout/base/memory.h>
#include <turnout/wire/report_json.h>

enum { KEPT_BYTES_MAX = SPOOL_REPORTS_MAX * (REPORT_BYTES_MAX + GENERATION_BYTES + 1) };

/* A parsed line. */
struct kept_line {
    struct slice whole; /* without its newline */
    struct slice generation;
    struct slice json;
    struct report report;
};

/* False when it is no line of the file. */
static bool read_line(struct slice whole, struct kept_line *ret_line)
{
    struct kept_line line = {.whole = whole};
    struct slice rest = whole;
    line.generation = text_split(&rest, ' ');
    line.json = rest;
    if (line.generation.length == 0 || line.generation.length >= GENERATION_BYTES ||
        report_json_parse(rest.bytes, rest.length, &line.report, NULL) != TURNOUT_OK) {
        return false;
    }
    *ret_line = line;
    return true;
}

/* Whether a line stays. */
typedef bool stays_fn(void *context, const struct kept_line *line);

static void filter(struct spool_kept *kept, stays_fn *stays, void *context)
{
    struct buffer remaining = {0};
    size_t count = 0;
    struct slice rest = {kept->lines.bytes, kept->lines.length};
    while (rest.length > 0) {
        struct kept_line line;
        struct slice whole = text_split(&rest, '\n');
        if (read_line(whole, &line) && stays(context, &line)) {
            buffer_append(&remaining, whole.bytes, whole.length);
            buffer_append_char(&remaining, '\n');
            count++;
        }
    }
    kept->count = count;
    kept->is_changed = kept->is_changed || remaining.length != kept->lines.length;
    buffer_done(&kept->lines);
    kept->lines = remaining;
}

/* ---- opening, saving ---- */

static bool is_young(void *context, const struct kept_line *line)
{
    const int64_t *now = context;
    return *now - line->report.as_of <= SPOOL_KEPT_S_MAX;
}

enum turnout_error spool_kept_open(struct spool *spool, int64_t now, struct spool_kept *ret_kept,
                                   struct error *error)
{
    struct spool_kept kept = {.spool = spool};
    struct buffer name = {0};
    size_t length;
    char *bytes = NULL;
    buffer_printf(&name, "%s.kept", spool->name);
    kept.name = buffer_take(&name, &length);
    enum turnout_error failed =
        private_file_read(&spool->folder, kept.name, KEPT_BYTES_MAX, &bytes, &length, error);
    if (failed == TURNOUT_OK) {
        buffer_append(&kept.lines, bytes, length);
        free(bytes);
        filter(&kept, is_young, &now);
    } else if (failed != TURNOUT_NOT_FOUND) {
        spool_kept_close(&kept);
        return failed;
    }
    *ret_kept = kept;
    return TURNOUT_OK;
}

void spool_kept_close(struct spool_kept *kept)
{
    buffer_done(&kept->lines);
    free(kept->name);
}

enum turnout_error spool_kept_save(struct spool_kept *kept, struct error *error)
{
    const struct private_folder *folder = &kept->spool->folder;
    enum turnout_error failed = TURNOUT_OK;
    if (!kept->is_changed) {
        return TURNOUT_OK;
    }
    if (kept->lines.length > 0) {
        failed = private_file_write(folder, kept->name, kept->lines.bytes, kept->lines.length,
                                    PRIVATE_FILE_REPLACE, error);
    } else if (unlinkat(folder->fd, kept->name, 0) != 0 && errno != ENOENT) {
        failed = error_fail_system(error, errno, "spool", "cannot remove %s/%s", folder->path, kept->name);
    }
    kept->is_changed = failed != TURNOUT_OK;
    return failed;
}

/* ---- changing ---- */

static bool is_another(void *context, const struct kept_line *line)
{
    const struct slice *json = context;
    return line->json.length != json->length || memcmp(line->json.bytes, json->bytes, json->length) != 0;
}

static bool is_not_first(void *context, const struct kept_line *line)
{
    (void)line;
    size_t *to_drop = context;
    if (*to_drop == 0) {
        return true;
    }
    (*to_drop)--;
    return false;
}

void spool_kept_add(struct spool_kept *kept, const char *generation, struct slice line, bool was_there)
{
    if (was_there || kept->has_asked) {
        filter(kept, is_another, &line);
    }
    if (kept->count >= SPOOL_REPORTS_MAX) {
        size_t to_drop = kept->count - SPOOL_REPORTS_MAX + 1;
        filter(kept, is_not_first, &to_drop);
    }
    kept->count++;
    buffer_append_text(&kept->lines, generation);
    buffer_append_char(&kept->lines, ' ');
    buffer_append(&kept->lines, line.bytes, line.length);
    buffer_append_char(&kept->lines, '\n');
    kept->is_changed = true;
}

/* Reports that go back into the spool. */
struct sending {
    struct spool *spool;
    const char *election;
    const char *generation;
    size_t count;
    enum turnout_error failed;
    struct error *error;
};

static bool is_not_sent_again(void *context, const struct kept_line *line)
{
    struct sending *sending = context;
    if (strcmp(line->report.election, sending->election) != 0 ||
        slice_equals(line->generation, sending->generation) || sending->failed != TURNOUT_OK) {
        return true;
    }
    sending->failed = spool_append(sending->spool, &line->report, sending->error);
    sending->count += sending->failed == TURNOUT_OK ? 1 : 0;
    return sending->failed != TURNOUT_OK;
}

enum turnout_error spool_kept_send_again(struct spool_kept *kept, const char *election,
                                         const char *generation, size_t *ret_count, struct error *error)
{
    *ret_count = 0;
    if (strcmp(kept->election, election) == 0 && strcmp(kept->generation, generation) == 0) {
        return TURNOUT_OK;
    }
    struct sending sending = {
        .spool = kept->spool, .election = election, .generation = generation, .error = error};
    filter(kept, is_not_sent_again, &sending);
    if (sending.failed == TURNOUT_OK) {
        (void)slice_copy(slice_of(election), kept->election, sizeof kept->election);
        (void)slice_copy(slice_of(generation), kept->generation, sizeof kept->generation);
    }
    *ret_count = sending.count;
    return sending.failed;
}

enum turnout_error spool_kept_ask(struct spool_kept *kept, struct error *error)
{
    struct slice rest = {kept->lines.bytes, kept->lines.length};
    struct kept_line line;
    bool is_there = false;
    while (rest.length > 0) {
        is_there = read_line(text_split(&rest, '\n'), &line) || is_there;
    }
    kept->has_asked = is_there;
    return is_there ? spool_append(kept->spool, &line.report, error) : TURNOUT_OK;
}

static bool is_of_another(void *context, const struct kept_line *line)
{
    const char *const *election = context;
    return strcmp(line->report.election, *election) != 0;
}

void spool_kept_forget(struct spool_kept *kept, const char *election)
{
    filter(kept, is_of_another, &election);
}
