/* Opens an export, and reads its bulletins from the statement down to the provinces. */
#include "verify/verify_export.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include <turnout/base/file.h>
#include <turnout/base/memory.h>

#include "client/read_election.h"
#include "command.h"

enum { FILE_BYTES_MAX = 1 << 30, BULLETINS_MAX = 100000 };

/* ---- files ---- */

enum turnout_error verify_export_file(const struct verify_export *export, const char *file, char **ret_bytes,
                                      size_t *ret_length, struct error *error)
{
    struct buffer path = {0};
    struct error why;
    buffer_printf(&path, "%s/%s", export->path, file);
    enum turnout_error failed = file_read(path.bytes, FILE_BYTES_MAX, ret_bytes, ret_length, &why);
    buffer_done(&path);
    return failed == TURNOUT_OK ? TURNOUT_OK : error_fail(error, failed, "", "%s: %s", file, why.text);
}

enum turnout_error verify_export_area(const struct verify_export *export,
                                      const struct verify_bulletin *bulletin, uint32_t area, char **ret_bytes,
                                      size_t *ret_length, struct error *error)
{
    const struct area *areas = export->folder.reg->areas;
    char file[EXPORT_NAME_BYTES];
    char above[EXPORT_NAME_BYTES];
    char sha256[SHA256_HEX_BYTES];
    char *bytes;
    size_t length;
    export_area_name(bulletin->number, areas[area].code, file);
    enum turnout_error failed = verify_export_file(export, file, &bytes, &length, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    sha256_hex((struct slice){bytes, length}, sha256);
    if (strcmp(sha256, bulletin->children[area].sha256) != 0) {
        free(bytes);
        if (area == REGISTER_NATION) {
            export_bulletin_name(bulletin->number, BULLETIN_STATEMENT_FILE, above);
        } else {
            export_area_name(bulletin->number, areas[areas[area].parent].code, above);
        }
        return error_fail(error, TURNOUT_BAD_INPUT, "", "%s: is not the file whose SHA-256 %s names", file,
                          above);
    }
    *ret_bytes = bytes;
    *ret_length = length;
    return TURNOUT_OK;
}

/* ---- files outside of bulletins ---- */

/* Errors begin with the number of the line. */
static enum turnout_error read_ledger(struct verify_export *export, struct slice rest, struct error *error)
{
    enum turnout_error failed = TURNOUT_OK;
    for (int number = 1; failed == TURNOUT_OK && rest.length > 0; number++) {
        struct log_line line;
        struct error why;
        if (log_line_read(text_split(&rest, '\n'), &line, &why) != TURNOUT_OK || line.outcome < LOG_PHASE) {
            failed = error_fail(error, TURNOUT_BAD_INPUT, "",
                                EXPORT_LEDGER_FILE ": line %d: not a line of a ledger", number);
        } else {
            register_past_add(&export->past, &line);
            export->losses += line.outcome == LOG_LOSS ? 1 : 0;
        }
    }
    return failed;
}

static enum turnout_error read_signing_key(struct verify_export *export, struct slice rest,
                                           struct error *error)
{
    enum turnout_error failed = TURNOUT_OK;
    json_t *document = json_loadb(rest.bytes, rest.length, JSON_REJECT_DUPLICATES, NULL);
    const char *text = NULL;
    if (json_unpack(document, "{s:[{s:s}]}", "keys", "public_key", &text) != 0 ||
        !slice_copy(slice_of(text), export->signing_key_text, sizeof export->signing_key_text) ||
        !public_key_parse(slice_of(text), export->signing_key)) {
        failed = error_fail(error, TURNOUT_BAD_INPUT, "", EXPORT_KEYS_FILE ": has no public key");
    }
    json_decref(document);
    return failed;
}

/* Reads the number of bulletins, then the number of each, ascending. */
static bool read_numbers(struct verify_export *export, struct slice rest)
{
    int64_t count;
    int64_t before = 0;
    if (!text_parse_integer(text_split(&rest, '\n'), 0, BULLETINS_MAX, &count)) {
        return false;
    }
    export->bulletins = memory_new_array((size_t)count + 1, sizeof *export->bulletins);
    for (; export->bulletin_count < (size_t)count; export->bulletin_count++) {
        int64_t *number = &export->bulletins[export->bulletin_count].number;
        if (!text_parse_integer(text_split(&rest, '\n'), before + 1, INT32_MAX, number)) {
            return false;
        }
        before = *number;
    }
    return rest.length == 0;
}

static enum turnout_error read_head(struct verify_export *export, struct slice rest, struct error *error)
{
    bool is_sound = slice_equals(text_split(&rest, '\n'), EXPORT_HEAD) &&
                    slice_equals(text_split(&rest, '\n'), export->folder.election.id) &&
                    read_numbers(export, rest);
    return is_sound
               ? TURNOUT_OK
               : error_fail(error, TURNOUT_BAD_INPUT, "",
                            EXPORT_HEAD_FILE ": not the head of an export of %s", export->folder.election.id);
}

static bool read_log_end(struct verify_export *export, struct slice line)
{
    uint32_t area = register_find_area(export->folder.reg, text_split(&line, ','));
    if (area == REGISTER_NONE || export->folder.reg->areas[area].level != AREA_COMMUNE) {
        return false;
    }
    struct verify_log_end *end = &export->log_ends[area];
    end->is_known = true;
    return text_parse_integer(text_split(&line, ','), 0, INT64_MAX, &end->lines) &&
           slice_copy(line, end->head, sizeof end->head);
}

static enum turnout_error read_log_ends(struct verify_export *export, struct slice rest, struct error *error)
{
    export->log_ends = memory_new_array(export->folder.reg->area_count, sizeof *export->log_ends);
    bool is_sound = slice_equals(text_split(&rest, '\n'), EXPORT_LOG_HEADER);
    int line = 1;
    while (is_sound && rest.length > 0) {
        line++;
        is_sound = read_log_end(export, text_split(&rest, '\n'));
    }
    return is_sound ? TURNOUT_OK
                    : error_fail(error, TURNOUT_BAD_INPUT, "",
                                 EXPORT_LOG_FILE ": line %d: not the state of a commune's log", line);
}

enum turnout_error verify_export_open(const char *path, struct verify_export *ret_export, struct error *error)
{
    static const struct {
        const char *file;
        enum turnout_error (*read)(struct verify_export *export, struct slice text, struct error *error);
    } files[] = {{EXPORT_HEAD_FILE, read_head},
                 {EXPORT_LEDGER_FILE, read_ledger},
                 {EXPORT_LOG_FILE, read_log_ends},
                 {EXPORT_KEYS_FILE, read_signing_key}};
    struct verify_export *export = ret_export;
    *export = (struct verify_export){.path = path};
    enum turnout_error failed =
        read_election_and_keys(path, print_fault, &path, &export->folder, &export->keys, error);
    for (size_t i = 0; i < sizeof files / sizeof files[0] && failed == TURNOUT_OK; i++) {
        char *bytes;
        size_t length;
        if (files[i].read == read_signing_key && export->bulletin_count == 0) {
            continue;
        }
        failed = verify_export_file(export, files[i].file, &bytes, &length, error);
        if (failed == TURNOUT_OK) {
            failed = files[i].read(export, (struct slice){bytes, length}, error);
            free(bytes);
        }
    }
    return failed;
}

void verify_export_close(struct verify_export *export)
{
    for (size_t i = 0; i < export->bulletin_count; i++) {
        free(export->bulletins[i].children);
    }
    free(export->bulletins);
    free(export->log_ends);
    register_past_done(&export->past);
    signing_keys_release(export->keys);
    election_folder_done(&export->folder);
}

/* ---- bulletins ---- */

static enum turnout_error check_signature(const struct verify_export *export, int64_t number,
                                          struct slice text, struct error *error)
{
    char file[EXPORT_NAME_BYTES];
    char *bytes;
    size_t length;
    export_bulletin_name(number, BULLETIN_SIGNATURE_FILE, file);
    enum turnout_error failed = verify_export_file(export, file, &bytes, &length, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (length != BULLETIN_SIGNATURE_BYTES ||
        crypto_sign_verify_detached((const unsigned char *)bytes, (const unsigned char *)text.bytes,
                                    text.length, export->signing_key) != 0) {
        failed = error_fail(
            error, TURNOUT_BAD_INPUT, "",
            "%s: is not the signature of " BULLETIN_STATEMENT_FILE " by the key of " EXPORT_KEYS_FILE, file);
    }
    free(bytes);
    return failed;
}

static enum turnout_error refuse_line(const char *file, int line, const char *what, struct error *error)
{
    return error_fail(error, TURNOUT_BAD_INPUT, "", "%s: line %d: %s", file, line, what);
}

static enum turnout_error check_statement(const struct verify_export *export,
                                          struct verify_bulletin *bulletin, const char *file,
                                          struct slice text, struct error *error)
{
    const struct bulletin_statement *statement = &bulletin->statement;
    const char *previous = bulletin == export->bulletins ? "-" : bulletin[-1].sha256;
    if (!bulletin_read_statement(text, &bulletin->statement)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "%s: not the statement of a bulletin", file);
    }
    if (strcmp(statement->election, export->folder.election.id) != 0) {
        return refuse_line(file, 2, "it is of another election", error);
    }
    if (statement->number != bulletin->number) {
        return refuse_line(file, 3, "it is another bulletin", error);
    }
    if (!rfc3339_parse(slice_of(statement->cut), &bulletin->cut_ms, NULL)) {
        return refuse_line(file, 5, "not a time", error);
    }
    bulletin->cut_ms = 1000 * bulletin->cut_ms + 999;
    if (strcmp(statement->previous, previous) != 0) {
        return refuse_line(file, 6, "the bulletin before it is another one", error);
    }
    if (strcmp(statement->nation, export->folder.reg->areas[REGISTER_NATION].code) != 0) {
        return refuse_line(file, 7, "not the nation of areas.csv", error);
    }
    return check_signature(export, bulletin->number, text, error);
}

static enum turnout_error read_statement(const struct verify_export *export, struct verify_bulletin *bulletin,
                                         struct error *error)
{
    char file[EXPORT_NAME_BYTES];
    char *bytes;
    size_t length;
    export_bulletin_name(bulletin->number, BULLETIN_STATEMENT_FILE, file);
    enum turnout_error failed = verify_export_file(export, file, &bytes, &length, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct slice text = {bytes, length};
    sha256_hex(text, bulletin->sha256);
    failed = check_statement(export, bulletin, file, text, error);
    text_make_showable(bulletin->statement.label);
    memcpy(bulletin->children[REGISTER_NATION].sha256, bulletin->statement.sha256, SHA256_HEX_BYTES);
    free(bytes);
    return failed;
}

/* Reads the file of the nation or a province, and checks its sum against the file above. */
static enum turnout_error read_area(const struct verify_export *export, struct verify_bulletin *bulletin,
                                    uint32_t area, struct error *error)
{
    const struct area *of = &export->folder.reg->areas[area];
    const struct bulletin_check_of check = {&export->folder.election, export->folder.reg, &export->past,
                                            bulletin->cut_ms};
    char file[EXPORT_NAME_BYTES];
    char *bytes = NULL;
    size_t length = 0;
    struct error why;
    struct bulletin_line own;
    enum turnout_error failed = verify_export_area(export, bulletin, area, &bytes, &length, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    export_area_name(bulletin->number, of->code, file);
    struct slice text = {bytes, length};
    failed = bulletin_check_area(&check, area, text, &bulletin->children[of->first_child], &why);
    if (failed != TURNOUT_OK) {
        failed = error_fail(error, failed, "", "%s: %s", file, why.text);
    } else if (!bulletin_read_sum(text, &own) ||
               (area != REGISTER_NATION && !bulletin_line_equals(&own, &bulletin->children[area].line))) {
        failed = error_fail(error, TURNOUT_BAD_INPUT, "",
                            "%s: its sum differs from its line in the nation's file", file);
    } else {
        bulletin->children[area].line = own;
    }
    free(bytes);
    return failed;
}

void verify_export_bulletin(struct verify_export *export, size_t place, uint32_t only)
{
    struct verify_bulletin *bulletin = &export->bulletins[place];
    const struct election_register *reg = export->folder.reg;
    struct error error;
    bulletin->children = memory_new_array(reg->area_count, sizeof *bulletin->children);
    enum turnout_error failed = read_statement(export, bulletin, &error);
    if (failed == TURNOUT_OK) {
        failed = read_area(export, bulletin, REGISTER_NATION, &error);
    }
    bulletin->nation = bulletin->children[REGISTER_NATION].line;
    for (uint32_t i = 1; i <= reg->province_count && failed == TURNOUT_OK; i++) {
        bool is_wanted = only == REGISTER_NONE || only == i;
        if (is_wanted && bulletin->children[i].line.code[0] != '\0') {
            failed = read_area(export, bulletin, i, &error);
        }
    }
    if (failed != TURNOUT_OK) {
        (void)snprintf(bulletin->fault, sizeof bulletin->fault, "%s", error.text);
    }
}
