/* Acknowledged reports, kept next to the spool in `<spool>.kept`. When the server's store comes back older and a
 * person accepts that, the election gets a new generation, and reports acknowledged under another one are sent again.
 * A report counts once, so those that were not lost are duplicates.
 *
 * A line is a generation, a space, and the report as JSON. The file is replaced as a whole; the spool's lock covers
 * it. A report is kept until the election is closed, at most SPOOL_KEPT_S_MAX, and only the newest
 * SPOOL_REPORTS_MAX. */
#ifndef TURNOUT_CLI_SPOOL_KEPT_H
#define TURNOUT_CLI_SPOOL_KEPT_H

#include "report/spool.h"

enum { SPOOL_KEPT_S_MAX = 3 * 24 * 3600 };

struct spool_kept {
    struct spool *spool; /* borrowed */
    char *name;          /* the file's name in the spool's folder */
    struct buffer lines; /* each ended by a newline */
    size_t count;
    bool is_changed;
    bool has_asked;                 /* spool_kept_ask() has copied one, which is in both */
    char election[AREA_CODE_BYTES]; /* all its kept reports have the generation below */
    char generation[GENERATION_BYTES];
};

/* Reads the file, if there is one, without lines that are invalid or too old at `now` (Unix seconds). The caller ends
 * with spool_kept_close(). */
enum turnout_error spool_kept_open(struct spool *spool, int64_t now, struct spool_kept *ret_kept,
                                   struct error *error);
void spool_kept_close(struct spool_kept *kept);

/* Keeps a report acknowledged under this generation; `line` is its JSON. `was_there`: acknowledged before, too. */
void spool_kept_add(struct spool_kept *kept, const char *generation, struct slice line, bool was_there);

/* Moves the election's reports acknowledged under other generations to the end of the spool. */
enum turnout_error spool_kept_send_again(struct spool_kept *kept, const char *election,
                                         const char *generation, size_t *ret_count, struct error *error);

/* Copies the newest to the spool: its answer names the generation. */
enum turnout_error spool_kept_ask(struct spool_kept *kept, struct error *error);

/* Drops the election's reports: it is closed. */
void spool_kept_forget(struct spool_kept *kept, const char *election);

/* Writes the file durably if anything has changed; removes it when it is empty. */
enum turnout_error spool_kept_save(struct spool_kept *kept, struct error *error);

#endif
