/* An export in a folder (proto/export.md): its register, keys and ledger, and its bulletins down to the provinces.
 * Immutable once opened; threads read it without locks. */
#ifndef TURNOUT_CLI_VERIFY_EXPORT_H
#define TURNOUT_CLI_VERIFY_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/keys.h>
#include <turnout/store/election_folder.h>
#include <turnout/wire/bulletin_check.h>
#include <turnout/wire/register_past.h>
#include <turnout/wire/signature.h>

#include "client/export_layout.h"

enum { FAULT_BYTES = ERROR_TEXT_BYTES + EXPORT_NAME_BYTES };

struct verify_bulletin {
    int64_t number;
    struct bulletin_statement statement; /* its label can be shown */
    char sha256[SHA256_HEX_BYTES];       /* of the statement */
    int64_t cut_ms;
    struct bulletin_line nation;
    struct bulletin_child *children; /* one an area: its line in the file above; code empty: none */
    char fault[FAULT_BYTES];         /* the first; empty: none. Nothing below it was read */
};

/* The state of a commune's log at the export. */
struct verify_log_end {
    bool is_known;
    int64_t lines;
    char head[2 * LOG_HEAD_BYTES + 1];
};

struct verify_export {
    const char *path; /* borrowed */
    struct election_folder folder;
    struct signing_keys *keys;
    struct register_past past;
    int64_t losses;                              /* accepted losses in the ledger */
    unsigned char signing_key[PUBLIC_KEY_BYTES]; /* public key of the bulletins */
    char signing_key_text[PUBLIC_KEY_TEXT_BYTES + 1];
    struct verify_bulletin *bulletins; /* in the order of their numbers */
    size_t bulletin_count;
    struct verify_log_end *log_ends; /* one an area */
};

/* Reads everything but the bulletins, of which it reads the numbers. Faults of the election's files are printed on
 * standard error. TURNOUT_NOT_FOUND when it is no export, TURNOUT_BAD_INPUT. The caller ends with
 * verify_export_close(), also after an error. */
enum turnout_error verify_export_open(const char *path, struct verify_export *ret_export,
                                      struct error *error);
void verify_export_close(struct verify_export *export);

/* Reads and checks a bulletin: statement, signature, predecessor, the nation, and the provinces (only the province
 * `only`, unless it is REGISTER_NONE). The bulletin before it must have been read. */
void verify_export_bulletin(struct verify_export *export, size_t place, uint32_t only);

/* Reads a file of the export. The error names it. The caller frees. */
enum turnout_error verify_export_file(const struct verify_export *export, const char *file, char **ret_bytes,
                                      size_t *ret_length, struct error *error);

/* The same for an area's file of a bulletin; checks its hash against the file above. */
enum turnout_error verify_export_area(const struct verify_export *export,
                                      const struct verify_bulletin *bulletin, uint32_t area, char **ret_bytes,
                                      size_t *ret_length, struct error *error);

#endif
