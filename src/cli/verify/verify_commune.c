/* Replays the log up to the line at which a bulletin was cut, compares the bulletin's file, and continues. */
#include "verify/verify_commune.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

struct commune_check {
    const struct verify_export *export;
    uint32_t commune;
    const char *code;
    char log_name[EXPORT_NAME_BYTES];
    struct slice rest; /* lines not yet replayed */
    struct log_replay replay;
};

/* ---- the log ---- */

static enum turnout_error replay_line(struct commune_check *check, struct error *error)
{
    struct error why;
    enum turnout_error failed = log_replay_take(&check->replay, text_split(&check->rest, '\n'), &why);
    return failed == TURNOUT_OK ? TURNOUT_OK
                                : error_fail(error, failed, "", "%s: line %" PRId64 ": %s", check->log_name,
                                             check->replay.counts.lines, why.text);
}

/* ---- bulletins ---- */

static enum turnout_error replay_until(struct commune_check *check, const char *file, int64_t lines,
                                       const unsigned char head[LOG_HEAD_BYTES], struct error *error)
{
    int64_t before = check->replay.counts.lines;
    if (lines < before) {
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "%s: names fewer lines of the log than the bulletin before it", file);
    }
    while (check->replay.counts.lines < lines && check->rest.length > 0) {
        enum turnout_error failed = replay_line(check, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    if (check->replay.counts.lines < lines) {
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "%s: ends after line %" PRId64 ", but %s was made from %" PRId64 " lines",
                          check->log_name, check->replay.counts.lines, file, lines);
    }
    if (memcmp(head, check->replay.head, LOG_HEAD_BYTES) != 0) {
        return error_fail(
            error, TURNOUT_BAD_INPUT, "",
            "%s: lines %" PRId64 " to %" PRId64
            ": changed, removed or in another order, for their chain does not lead to the head in %s",
            check->log_name, before + 1, lines, file);
    }
    return TURNOUT_OK;
}

/* A rehearsal counts test reports, and a real election none. */
static bool has_other_reports(const struct commune_check *check, bool is_rehearsal)
{
    const struct log_replay_counts *counts = &check->replay.counts;
    int64_t reports = counts->is_signed + counts->vouched + counts->unsigned_tests;
    return is_rehearsal ? counts->tests < reports : counts->tests > 0;
}

static enum turnout_error check_file(struct commune_check *check, const struct verify_bulletin *bulletin,
                                     const char *file, struct slice text, struct error *error)
{
    const struct verify_export *export = check->export;
    const struct bulletin_check_of of = {&export->folder.election, export->folder.reg, &export->past,
                                         bulletin->cut_ms};
    int64_t lines;
    unsigned char head[LOG_HEAD_BYTES];
    struct bulletin_line own;
    struct error why;
    if (!bulletin_read_log(text, &lines, head)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "%s: does not say which lines of the log it was made from", file);
    }
    enum turnout_error failed = replay_until(check, file, lines, head, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (has_other_reports(check, bulletin->statement.is_rehearsal)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "%s: mixes reports of a rehearsal with real ones",
                          file);
    }
    failed = bulletin_check_commune(&of, &check->replay, text, &own, &why);
    if (failed != TURNOUT_OK) {
        return error_fail(error, failed, "", "%s: %s", file, why.text);
    }
    if (!bulletin_line_equals(&own, &bulletin->children[check->commune].line)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "%s: its sum differs from its line in the province's file", file);
    }
    return TURNOUT_OK;
}

static enum turnout_error check_bulletin(struct commune_check *check, const struct verify_bulletin *bulletin,
                                         struct error *error)
{
    char file[EXPORT_NAME_BYTES];
    char *bytes;
    size_t length;
    bool is_in_it = bulletin->children[check->commune].line.code[0] != '\0';
    if (bulletin->fault[0] != '\0' || !is_in_it) {
        return TURNOUT_OK;
    }
    export_area_name(bulletin->number, check->code, file);
    enum turnout_error failed =
        verify_export_area(check->export, bulletin, check->commune, &bytes, &length, error);
    if (failed == TURNOUT_OK) {
        failed = check_file(check, bulletin, file, (struct slice){bytes, length}, error);
        free(bytes);
    }
    return failed;
}

/* ---- the whole ---- */

static enum turnout_error check_end(const struct commune_check *check, struct error *error)
{
    const struct verify_log_end *end = &check->export->log_ends[check->commune];
    char head[2 * LOG_HEAD_BYTES + 1];
    (void)sodium_bin2hex(head, sizeof head, check->replay.head, LOG_HEAD_BYTES);
    if (!end->is_known || end->lines != check->replay.counts.lines || strcmp(end->head, head) != 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "%s: has %" PRId64 " lines that lead to %.8s..., and " EXPORT_LOG_FILE
                          " says %" PRId64 " and %.8s...",
                          check->log_name, check->replay.counts.lines, head, end->lines, end->head);
    }
    return TURNOUT_OK;
}

static enum turnout_error check_all(struct commune_check *check, int64_t *ret_behind, struct error *error)
{
    enum turnout_error failed = TURNOUT_OK;
    for (size_t i = 0; i < check->export->bulletin_count && failed == TURNOUT_OK; i++) {
        failed = check_bulletin(check, &check->export->bulletins[i], error);
    }
    int64_t lines = check->replay.counts.lines;
    while (failed == TURNOUT_OK && check->rest.length > 0) {
        failed = replay_line(check, error);
    }
    *ret_behind = check->replay.counts.lines - lines;
    return failed == TURNOUT_OK ? check_end(check, error) : failed;
}

void verify_commune(const struct verify_export *export, uint32_t commune, struct verify_result *ret_result)
{
    const struct log_replay_of of = {&export->folder.election, export->folder.reg, &export->past,
                                     export->keys, commune};
    struct commune_check check = {
        .export = export, .commune = commune, .code = export->folder.reg->areas[commune].code};
    struct error error = {.text = ""};
    char *bytes;
    size_t length;
    *ret_result = (struct verify_result){.lines_behind = 0};
    export_log_name(check.code, check.log_name);
    enum turnout_error failed = verify_export_file(export, check.log_name, &bytes, &length, &error);
    if (failed == TURNOUT_OK) {
        check.rest = (struct slice){bytes, length};
        log_replay_init(&check.replay, &of);
        failed = check_all(&check, &ret_result->lines_behind, &error);
        ret_result->counts = check.replay.counts;
        log_replay_done(&check.replay);
        free(bytes);
    }
    if (failed != TURNOUT_OK) {
        (void)snprintf(ret_result->fault, sizeof ret_result->fault, "%s", error.text);
    }
}
