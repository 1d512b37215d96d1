/* The spool: a file of reports that still have to be answered, one JSON object a line, oldest first.
 *
 * `turnout report` writes a report here before it sends it and takes it out when it has been answered, so that
 * neither a server that is away nor a power cut loses one. What is on disk is always whole: appending ends with an
 * fsync, removing is a new file renamed over the old one. Sending twice is harmless, so a report may be removed
 * late, never early.
 *
 * The file is locked (flock) from spool_open() to spool_close(), readable by its owner alone, and gone when it is
 * empty. A line that is no whole report, as a power cut may leave one, is moved to `<path>.broken` and counted,
 * never dropped in silence. */
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
    struct private_folder folder; /* which stays open with the file */
    struct buffer bytes;          /* what the file holds: whole lines */
    size_t *line_ends;            /* of `bytes`; behind the newline */
    size_t count;                 /* reports */
    size_t broken;                /* lines set aside by spool_open() */
};

/* Opens the file, or makes it, and waits for its lock; TURNOUT_IN_USE instead of waiting when `wait` is false.
 * TURNOUT_SYSTEM, TURNOUT_TOO_LARGE, and TURNOUT_BAD_INPUT when others may write it or its folder. On success the caller ends with spool_close(). */
enum turnout_error spool_open(const char *path, bool wait, struct spool *ret_spool, struct error *error);
void spool_close(struct spool *spool);

/* The report `index` (from 0, the oldest) as JSON, without its newline. Borrowed until the spool changes. */
struct slice spool_line(const struct spool *spool, size_t index);

/* Whether a report of this election and unit with this seq is there; *ret_report is it. */
bool spool_find(const struct spool *spool, const char *election, const char *unit, int32_t seq,
                struct report *ret_report);

/* The highest seq of this election and unit; 0 when no report of it is there. */
int32_t spool_last_seq(const struct spool *spool, const char *election, const char *unit);

/* Durable once it returns TURNOUT_OK. TURNOUT_TOO_LARGE when the spool is full. */
enum turnout_error spool_append(struct spool *spool, const struct report *report, struct error *error);

/* Removes the oldest `count` reports, but for those that stay; `stays` has `count` elements, or is NULL: none does. */
enum turnout_error spool_remove(struct spool *spool, size_t count, const bool *stays, struct error *error);

#endif
