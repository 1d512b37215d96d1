/* What was acknowledged, kept beside the spool in `<spool>.kept`: should the server's store come back older and a person
 * accept that, the election has a new generation, and what was acknowledged under another one is sent again. A report
 * counts once, so what was not lost is a duplicate.
 *
 * A line a report: the generation, a space, the report as JSON. Written whole; the spool's lock covers it. A report is
 * kept until the election is closed, at most SPOOL_KEPT_S_MAX, and of more than SPOOL_REPORTS_MAX the newest. */
#ifndef TURNOUT_CLI_SPOOL_KEPT_H
#define TURNOUT_CLI_SPOOL_KEPT_H

#include "report/spool.h"

enum { SPOOL_KEPT_S_MAX = 3 * 24 * 3600 };

struct spool_kept {
    struct spool *spool; /* borrowed */
    char *name;          /* of the file in the spool's folder */
    struct buffer lines; /* each ended by a newline */
    size_t count;
    bool is_changed;
    bool has_asked;                 /* spool_kept_ask() has copied one: it is in both */
    char election[AREA_CODE_BYTES]; /* of which nothing is kept under another generation than the next */
    char generation[GENERATION_BYTES];
};

/* Reads the file, if there is one, without what is too old at `now` (Unix seconds) and what is no line of it. The caller
 * ends with spool_kept_close(). */
enum turnout_error spool_kept_open(struct spool *spool, int64_t now, struct spool_kept *ret_kept,
                                   struct error *error);
void spool_kept_close(struct spool_kept *kept);

/* `line` is the report as JSON, which has been acknowledged under this generation; `was_there`: not for the first time. */
void spool_kept_add(struct spool_kept *kept, const char *generation, struct slice line, bool was_there);

/* Moves what was acknowledged of the election under other generations to the end of the spool. */
enum turnout_error spool_kept_send_again(struct spool_kept *kept, const char *election,
                                         const char *generation, size_t *ret_count, struct error *error);

/* Copies the newest to the spool: its answer tells the generation. */
enum turnout_error spool_kept_ask(struct spool_kept *kept, struct error *error);

/* The election is closed. */
void spool_kept_forget(struct spool_kept *kept, const char *election);

/* Writes the file, if anything has changed; removes it when it is empty. Durable once it returns TURNOUT_OK. */
enum turnout_error spool_kept_save(struct spool_kept *kept, struct error *error);

#endif
