/* The spool's file: locking, complete lines only, and every change durable before it counts.
 *
 * Removing replaces the file, so a lock is valid only on the file that the path names now: spool_open() checks that
 * after it got the lock, and spool_remove() locks the new file before it replaces the old one. */
#include "report/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/file.h>
#include <turnout/base/memory.h>
#include <turnout/wire/report_json.h>

enum { SPOOL_BYTES_MAX = SPOOL_REPORTS_MAX * (REPORT_BYTES_MAX + 1) };

static enum turnout_error fail_on(const struct spool *spool, const char *did, struct error *error)
{
    return error_fail_system(error, errno, "spool", "%s: %s", spool->path, did);
}

/* ---- bytes to and from files ---- */

static bool write_durably(int fd, const char *bytes, size_t length)
{
    return file_write_all(fd, bytes, length) && fsync(fd) == 0;
}

/* A created or removed file is durable only once its folder is synced. */
static bool sync_folder(const struct spool *spool)
{
    return fsync(spool->folder.fd) == 0;
}

/* ---- the lines in memory ---- */

/* Finds the ends of the lines of `bytes`, all of which are complete. */
static void index_lines(struct spool *spool)
{
    spool->count = 0;
    const char *bytes = spool->bytes.bytes;
    for (size_t i = 0; i < spool->bytes.length; i++) {
        if (bytes[i] == '\n') {
            spool->line_ends[spool->count++] = i + 1;
        }
    }
}

static bool is_report(struct slice line)
{
    struct report report;
    return report_json_parse(line.bytes, line.length, &report, NULL) == TURNOUT_OK;
}

/* Splits what was read into complete reports, which stay, and the rest. Returns the number of reports. */
static size_t separate(struct spool *spool, struct slice rest, struct buffer *ret_broken)
{
    size_t count = 0;
    while (rest.length > 0) {
        struct slice line = text_split(&rest, '\n');
        if (line.length == 0) {
            continue;
        }
        bool good = is_report(line);
        buffer_append(good ? &spool->bytes : ret_broken, line.bytes, line.length);
        buffer_append_char(good ? &spool->bytes : ret_broken, '\n');
        spool->broken += good ? 0 : 1;
        count += good ? 1 : 0;
    }
    return count;
}

struct slice spool_line(const struct spool *spool, size_t index)
{
    size_t start = index == 0 ? 0 : spool->line_ends[index - 1];
    return (struct slice){spool->bytes.bytes + start, spool->line_ends[index] - start - 1};
}

static bool is_of_unit(struct slice line, const char *election, const char *unit, struct report *ret_report)
{
    return report_json_parse(line.bytes, line.length, ret_report, NULL) == TURNOUT_OK &&
           strcmp(ret_report->unit, unit) == 0 && strcmp(ret_report->election, election) == 0;
}

bool spool_find(const struct spool *spool, const char *election, const char *unit, int32_t seq,
                struct report *ret_report)
{
    for (size_t i = 0; i < spool->count; i++) {
        struct report report;
        if (is_of_unit(spool_line(spool, i), election, unit, &report) && report.seq == seq) {
            *ret_report = report;
            return true;
        }
    }
    return false;
}

int32_t spool_last_seq(const struct spool *spool, const char *election, const char *unit)
{
    int32_t last = 0;
    for (size_t i = 0; i < spool->count; i++) {
        struct report report;
        if (is_of_unit(spool_line(spool, i), election, unit, &report) && report.seq > last) {
            last = report.seq;
        }
    }
    return last;
}

/* ---- changing the file ---- */

/* Writes the spool's lines to a locked, durable file that replaces the old one. */
static enum turnout_error rewrite(struct spool *spool, struct error *error)
{
    struct private_draft draft;
    enum turnout_error failed = private_draft_open(&spool->folder, &draft, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (flock(draft.fd, LOCK_EX | LOCK_NB) != 0 ||
        !file_write_all(draft.fd, spool->bytes.bytes, spool->bytes.length)) {
        failed = fail_on(spool, "cannot rewrite it", error);
        private_draft_drop(&spool->folder, &draft);
        return failed;
    }
    failed = private_draft_keep(&spool->folder, &draft, spool->name, PRIVATE_FILE_REPLACE, error);
    if (failed == TURNOUT_OK) {
        (void)close(spool->fd);
        spool->fd = draft.fd;
    }
    return failed;
}

/* Appends broken lines to a separate file before they leave the spool. */
static enum turnout_error set_aside(struct spool *spool, const struct buffer *broken, struct error *error)
{
    struct buffer name = {0};
    buffer_printf(&name, "%s.broken", spool->name);
    int fd = -1;
    enum turnout_error failed =
        private_file_open(&spool->folder, name.bytes, O_WRONLY | O_CREAT | O_APPEND, &fd, error);
    buffer_done(&name);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (!write_durably(fd, broken->bytes, broken->length) || !sync_folder(spool)) {
        failed = fail_on(spool, "cannot set broken lines aside", error);
    }
    (void)close(fd);
    return failed;
}

enum turnout_error spool_append(struct spool *spool, const struct report *report, struct error *error)
{
    if (spool->count == SPOOL_REPORTS_MAX) {
        return error_fail(error, TURNOUT_TOO_LARGE, "spool", "%s holds %d reports already", spool->path,
                          (int)SPOOL_REPORTS_MAX);
    }
    size_t before = spool->bytes.length;
    report_json_write(&spool->bytes, report);
    buffer_append_char(&spool->bytes, '\n');
    bool made = before == 0; /* perhaps created now: then the folder must be synced */
    if (!write_durably(spool->fd, spool->bytes.bytes + before, spool->bytes.length - before) ||
        (made && !sync_folder(spool))) {
        enum turnout_error code = fail_on(spool, "cannot append", error);
        spool->bytes.length = before;
        /* Removes a partial write; if that fails, the next spool_open() sets it aside. */
        (void)!ftruncate(spool->fd, (off_t)before);
        return code;
    }
    spool->line_ends[spool->count++] = spool->bytes.length;
    return TURNOUT_OK;
}

enum turnout_error spool_remove(struct spool *spool, size_t count, const bool *stays, struct error *error)
{
    size_t removed = 0;
    struct buffer rest = {0};
    for (size_t i = 0; i < spool->count; i++) {
        if (i < count && (stays == NULL || !stays[i])) {
            removed++;
            continue;
        }
        struct slice line = spool_line(spool, i);
        buffer_append(&rest, line.bytes, line.length + 1); /* and its newline */
    }
    if (removed == 0) {
        buffer_done(&rest);
        return TURNOUT_OK;
    }
    buffer_done(&spool->bytes);
    spool->bytes = rest;
    index_lines(spool);
    return rewrite(spool, error);
}

/* ---- opening and closing ---- */

/* Whether the path names the file that is open. */
static bool is_named(const struct spool *spool, bool *ret_is_named)
{
    struct stat opened;
    struct stat named;
    if (fstat(spool->fd, &opened) != 0) {
        return false;
    }
    *ret_is_named = fstatat(spool->folder.fd, spool->name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
                    named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
    return true;
}

/* Opens and locks the file that the path names, also when another command replaces it meanwhile. */
static enum turnout_error open_locked(struct spool *spool, bool wait, struct error *error)
{
    for (;;) {
        enum turnout_error failed =
            private_file_open(&spool->folder, spool->name, O_RDWR | O_CREAT | O_APPEND, &spool->fd, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
        if (flock(spool->fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK) {
                return error_fail(error, TURNOUT_IN_USE, "spool", "%s: another command is using it",
                                  spool->path);
            }
            return fail_on(spool, "cannot lock it", error);
        }
        bool named;
        if (!is_named(spool, &named)) {
            return fail_on(spool, "cannot check it", error);
        }
        if (named) {
            return TURNOUT_OK;
        }
        (void)close(spool->fd);
        spool->fd = -1;
    }
}

static enum turnout_error open_folder(struct spool *spool, struct error *error)
{
    char folder[PATH_MAX];
    enum turnout_error failed = private_path_split(spool->path, "spool", folder, &spool->name, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    spool->folder_path = memory_copy_text(folder);
    return private_folder_open(spool->folder_path, PRIVATE_FOLDER_FOUND, "spool", &spool->folder, error);
}

static enum turnout_error load(struct spool *spool, struct error *error)
{
    char *bytes;
    size_t length;
    struct error why;
    struct buffer broken = {0};
    enum turnout_error code = file_read_open(spool->fd, SPOOL_BYTES_MAX, &bytes, &length, &why);
    if (code == TURNOUT_OK) {
        size_t count = separate(spool, (struct slice){bytes, length}, &broken);
        code = count > SPOOL_REPORTS_MAX ? TURNOUT_TOO_LARGE : TURNOUT_OK;
        free(bytes);
    }
    if (code == TURNOUT_TOO_LARGE) {
        (void)error_fail(error, code, "spool", "%s holds more than %d reports", spool->path,
                         (int)SPOOL_REPORTS_MAX);
    } else if (code != TURNOUT_OK) {
        (void)error_fail(error, code, "spool", "%s: %s", spool->path, why.text);
    } else {
        index_lines(spool);
        code = spool->broken > 0 ? set_aside(spool, &broken, error) : TURNOUT_OK;
        if (code == TURNOUT_OK && spool->bytes.length != length) {
            code = rewrite(spool, error);
        }
    }
    buffer_done(&broken);
    return code;
}

static void release(struct spool *spool)
{
    if (spool->fd >= 0) {
        (void)close(spool->fd);
    }
    if (spool->folder.fd >= 0) {
        private_folder_close(&spool->folder);
    }
    buffer_done(&spool->bytes);
    free(spool->line_ends);
    free(spool->folder_path);
    free(spool->path);
}

enum turnout_error spool_open(const char *path, bool wait, struct spool *ret_spool, struct error *error)
{
    struct spool spool = {.fd = -1, .path = memory_copy_text(path), .folder = {.fd = -1}};
    spool.line_ends = memory_new_array(SPOOL_REPORTS_MAX, sizeof *spool.line_ends);
    enum turnout_error code = open_folder(&spool, error);
    if (code == TURNOUT_OK) {
        code = open_locked(&spool, wait, error);
    }
    if (code == TURNOUT_OK) {
        code = load(&spool, error);
    }
    if (code != TURNOUT_OK) {
        release(&spool);
        return code;
    }
    *ret_spool = spool;
    return TURNOUT_OK;
}

void spool_close(struct spool *spool)
{
    if (spool->count == 0) {
        (void)unlinkat(spool->folder.fd, spool->name,
                       0); /* still locked: a waiting process checks the path again */
    }
    release(spool);
}
