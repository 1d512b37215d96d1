/* The files of an export (proto/export.md). */
#ifndef TURNOUT_CLI_EXPORT_FILES_H
#define TURNOUT_CLI_EXPORT_FILES_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/store/address.h>
#include <turnout/store/bulletin_walk.h>
#include <turnout/store/election_folder.h>
#include <turnout/store/log_walk.h>

/* What is exported, and from where. Borrowed for the call. */
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

/* Makes the folder `to`, which must not be there, and writes everything into it; `export.txt`, without which it is no
 * export, last. */
enum turnout_error export_write(const struct export_of *of, const char *to, struct export_counts *ret_counts,
                                struct error *error);

#endif
