/* The spool: a file of unanswered reports, one JSON object a line, oldest first.
 *
 * `turnout report` writes a report here before it sends it, and removes it when it is answered, so that neither an
 * absent server nor a power cut loses one. The file on disk is always consistent: appending ends with an fsync,
 * removing renames a new file over the old one. Sending twice is harmless, so a report may be removed late, never
 * early.
 *
 * The file is locked (flock) from spool_open() to spool_close(), readable by its owner only, and removed when it is
 * empty. A line that is no complete report, as a power cut may leave one, is moved to `<path>.broken` and counted,
 * never silently dropped. */
#ifndef TURNOUT_SPOOL_H
#define TURNOUT_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include <turnout/base/buffer.h>
#include <turnout/base/error.h>
#include <turnout/base/private_file.h>
#include <turnout/base/text.h>
#include <turnout/election/report.h>

enum { SPOOL_REPORTS_MAX = 10000 };

struct spool {
    int fd;
    char *path;
    char *folder_path;
    const char *name;             /* of the file in its folder; points into `path` */
    struct private_folder folder; /* open as long as the file */
    struct buffer bytes;          /* content of the file: complete lines */
    size_t *line_ends;            /* in `bytes`; after the newline */
    size_t count;                 /* reports */
    size_t broken;                /* lines set aside by spool_open() */
};

/* Opens or creates the file, and waits for its lock; TURNOUT_IN_USE instead of waiting when `wait` is false.
 * TURNOUT_SYSTEM, TURNOUT_TOO_LARGE, and TURNOUT_BAD_INPUT when others may write it or its folder. On success the
 * caller ends with spool_close(). */
enum turnout_error spool_open(const char *path, bool wait, struct spool *ret_spool, struct error *error);
void spool_close(struct spool *spool);

/* The report `index` (from 0, the oldest) as JSON, without its newline. Borrowed until the spool changes. */
struct slice spool_line(const struct spool *spool, size_t index);

/* Finds the report of this election and unit with this seq. False when there is none. */
bool spool_find(const struct spool *spool, const char *election, const char *unit, int32_t seq,
                struct report *ret_report);

/* The highest seq of this election and unit; 0 when it has no report here. */
int32_t spool_last_seq(const struct spool *spool, const char *election, const char *unit);

/* Appends a report, durably. TURNOUT_TOO_LARGE when the spool is full. */
enum turnout_error spool_append(struct spool *spool, const struct report *report, struct error *error);

/* Removes the oldest `count` reports, except those that stay; `stays` has `count` elements; NULL: none stays. */
enum turnout_error spool_remove(struct spool *spool, size_t count, const bool *stays, struct error *error);

#endif
