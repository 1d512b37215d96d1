/* What reading an election's folder has in common, whichever file it is: every fault is counted and handed on with its
 * file and line, and a table is read row by row to its end, so that one run tells of every fault. */
#ifndef TURNOUT_FOLDER_READING_H
#define TURNOUT_FOLDER_READING_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/fault_limit.h>
#include <turnout/base/faults.h>
#include <turnout/wire/csv.h>

/* No file of an election within the limits comes near this; a wrong file is not read into memory. */
enum { ELECTION_FILE_BYTES_MAX = 1 << 30 };

/* One reading of a folder. */
struct folder_reading {
    const char *path;         /* borrowed */
    struct faults faults;     /* found so far */
    struct fault_limit limit; /* and told */
};

void folder_reading_init(struct folder_reading *reading, const char *path, fault_fn *on_fault, void *context);

/* Ends the telling. TURNOUT_BAD_INPUT with the number of faults, when there were any. */
enum turnout_error folder_reading_sum_up(struct folder_reading *reading, const char *what,
                                         struct error *error);

/* Whether there is a file of this name, readable or not. */
bool folder_reading_has(const struct folder_reading *reading, const char *file);

/* The whole file as UTF-8, which the caller frees, or NULL after telling why not. An empty one is of no use. */
char *folder_reading_file(struct folder_reading *reading, const char *file, const char *remedy,
                          size_t *ret_length);

/* A file of rows: its name, its columns (wire/csv_table.h), what to do when it is not there, and where a row goes,
 * which has a cell for each column of `columns`, then of `optional`. */
struct folder_table {
    const char *file;
    const char *columns;
    const char *optional;
    const char *remedy;
    void (*add)(void *context, const struct csv_row *row);
};

/* False when there are no rows to speak of. */
bool folder_reading_table(struct folder_reading *reading, const struct folder_table *table, void *context);

#endif
