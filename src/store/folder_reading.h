/* What reading an election's folder has in common, whichever file it is: every fault is counted and handed on with its
 * file and line, and a table is read row by row to its end, so that one run tells of every fault. */
#ifndef TURNOUT_FOLDER_READING_H
#define TURNOUT_FOLDER_READING_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/election/register.h>
#include <turnout/wire/csv.h>

/* One reading of a folder. */
struct folder_reading {
    const char *path;     /* borrowed */
    struct faults faults; /* told so far */
};

/* TURNOUT_BAD_INPUT with the number of faults, when there were any. */
enum turnout_error folder_reading_sum_up(const struct folder_reading *reading, const char *what,
                                         struct error *error);

/* The whole file, which the caller frees, or NULL after telling why not. An empty one is of no use. */
char *folder_reading_file(struct folder_reading *reading, const char *file, const char *remedy,
                          size_t *ret_length);

/* A file of rows: its name, its columns, what to do when it is not there, and where a row goes. */
struct folder_table {
    const char *file;
    const char *header;
    uint32_t columns;
    const char *remedy;
    void (*add)(void *context, const struct csv_row *row);
};

/* False when there are no rows to speak of. */
bool folder_reading_table(struct folder_reading *reading, const struct folder_table *table, void *context);

#endif
