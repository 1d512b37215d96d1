/* Checks the lines, then the head of their chain, then units, then totals. */
#include "audit/audit_commune.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

static const char *code_of(const struct log_replay *replay)
{
    return replay->of.reg->areas[replay->of.commune].code;
}

static enum turnout_error replay_lines(struct log_replay *replay, const struct commune_audit *audit,
                                       struct error *error)
{
    struct slice rest = {audit->log.bytes, audit->log.length};
    while (replay->counts.lines < audit->stands.totals.revision && rest.length > 0) {
        struct error why;
        enum turnout_error failed = log_replay_take(replay, text_split(&rest, '\n'), &why);
        if (failed != TURNOUT_OK) {
            return error_fail(error, failed, "", "log of commune %s: line %" PRId64 ": %s", code_of(replay),
                              replay->counts.lines, why.text);
        }
    }
    return TURNOUT_OK;
}

static enum turnout_error check_head(const struct log_replay *replay, const struct store_commune *stands,
                                     struct error *error)
{
    if (replay->counts.lines == stands->totals.revision &&
        memcmp(replay->head, stands->head, LOG_HEAD_BYTES) == 0) {
        return TURNOUT_OK;
    }
    return error_fail(error, TURNOUT_CONFLICT, "",
                      "log of commune %s: its %" PRId64 " lines are not the %" PRId64
                      " that the commune's record in Redis is made of",
                      code_of(replay), replay->counts.lines, stands->totals.revision);
}

static enum turnout_error check_unit(const char *code, const struct unit_state *is,
                                     const struct unit_state *should_be, struct error *error)
{
    const struct {
        const char *name;
        int64_t is;
        int64_t should_be;
    } words[] = {
        {"seq", is->seq, should_be->seq},
        {"voted", is->voted, should_be->voted},
        {"registered", is->registered, should_be->registered},
        {"as_of", is->as_of, should_be->as_of},
        {"received", is->received_ms, should_be->received_ms},
        {"round", is->round, should_be->round},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].is != words[i].should_be) {
            return error_fail(error, TURNOUT_CONFLICT, "",
                              "unit %s: %s is %" PRId64 ", but its log gives %" PRId64, code, words[i].name,
                              words[i].is, words[i].should_be);
        }
    }
    if (is->kind != should_be->kind || memcmp(is->digest, should_be->digest, sizeof is->digest) != 0) {
        return error_fail(error, TURNOUT_CONFLICT, "",
                          "unit %s: its kind or digest is not that of the last report in its log", code);
    }
    return TURNOUT_OK;
}

/* *ret_counted: the sum of the units by the log. */
static enum turnout_error check_units(const struct log_replay *replay, const struct commune_audit *audit,
                                      struct totals *ret_counted, struct error *error)
{
    const struct area *area = &replay->of.reg->areas[replay->of.commune];
    const struct unit *units = &replay->of.reg->units[area->first_child];
    struct unit_state *states = memory_new_array(area->units, sizeof *states);
    enum turnout_error failed = TURNOUT_OK;
    for (uint32_t i = 0; i < area->units && failed == TURNOUT_OK; i++) {
        if (!log_replay_find(replay, slice_of(units[i].code), INT64_MAX, &states[i])) {
            failed = error_fail(error, TURNOUT_CONFLICT, "", "unit %s: its roll is not known", units[i].code);
        } else {
            failed = check_unit(units[i].code, &audit->units[i], &states[i], error);
        }
    }
    *ret_counted = rules_count_units(states, area->units);
    free(states);
    return failed;
}

static enum turnout_error check_totals(const struct log_replay *replay, const struct totals *stands,
                                       const struct totals *counted, struct error *error)
{
    struct totals should_be = replay->totals;
    struct totals_fault fault = {.figure = "as_of", .is = stands->as_of, .should_be = should_be.as_of};
    should_be.registered = counted->registered; /* with the rolls of silent units */
    bool is_equal = totals_compare(stands, &should_be, &fault) && stands->as_of == should_be.as_of;
    return is_equal ? TURNOUT_OK
                    : error_fail(error, TURNOUT_CONFLICT, "",
                                 "commune %s: %s is %" PRId64 ", but its log gives %" PRId64, code_of(replay),
                                 fault.figure, fault.is, fault.should_be);
}

void audit_commune(const struct log_replay_of *of, struct commune_audit *audit)
{
    struct log_replay replay;
    struct totals counted;
    audit->fault.text[0] = '\0';
    log_replay_init(&replay, of);
    enum turnout_error failed = replay_lines(&replay, audit, &audit->fault);
    if (failed == TURNOUT_OK && audit->log_is_whole) {
        failed = check_head(&replay, &audit->stands, &audit->fault);
        if (failed == TURNOUT_OK) {
            failed = check_units(&replay, audit, &counted, &audit->fault);
        }
        if (failed == TURNOUT_OK) {
            failed = check_totals(&replay, &audit->stands.totals, &counted, &audit->fault);
        }
    }
    (void)failed; /* its text is kept */
    audit->counts = replay.counts;
    log_replay_done(&replay);
}
