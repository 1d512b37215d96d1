/* The files of an export (proto/export.md). */
#ifndef TURNOUT_CLI_EXPORT_FILES_H
#define TURNOUT_CLI_EXPORT_FILES_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/store/address.h>
#include <turnout/store/bulletin_walk.h>
#include <turnout/store/election_folder.h>
#include <turnout/store/log_walk.h>

/* What to export. Borrowed for the call. */
struct export_of {
    struct store_address address;
    const struct election_folder *folder;
    const char *election_path; /* of the election's folder */
    int64_t patience_ms;
};

struct export_counts {
    int64_t lines;
    int64_t bulletins;
};

/* Creates the folder `to`, which must not exist, and writes all files; `export.txt` last, which makes it a complete
 * export. */
enum turnout_error export_write(const struct export_of *of, const char *to, struct export_counts *ret_counts,
                                struct error *error);

#endif
