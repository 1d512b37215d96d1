/* Lines of the log: written by hand, because there is one a report; read with jansson. */
#include <turnout/wire/log_line.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/rfc3339.h>
#include <turnout/base/sha256.h>
#include <turnout/wire/json_writer.h>
#include <turnout/wire/report_json.h>

#include "json_object.h"

_Static_assert((int)LOG_HEAD_BYTES == (int)SHA256_BYTES, "a head is a SHA-256");

static const char *const outcome_names[LOG_OUTCOME_COUNT] = {
    [LOG_ACCEPTED] = "accepted",
    [LOG_HELD] = "held",
    [LOG_RELEASED] = "released",
    [LOG_REJECTED] = "rejected",
    [LOG_SUPERSEDED] = "superseded",
    [LOG_VOIDED] = "voided",
    [LOG_PHASE] = "phase",
    [LOG_PUBLICATION] = "publication",
    [LOG_LOSS] = "loss",
    [LOG_REGISTER] = "register",
};

const char *log_outcome_name(enum log_outcome outcome)
{
    assert(outcome < LOG_OUTCOME_COUNT);
    return outcome_names[outcome];
}

/* ---- writing ---- */

static void put_text_if_any(struct json_writer *json, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        json_put_text(json, key, text);
    }
}

static struct json_writer open_line(struct buffer *out, int64_t when_ms, enum log_outcome outcome)
{
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    json_put_integer(&json, "received", when_ms);
    json_put_text(&json, "outcome", log_outcome_name(outcome));
    return json;
}

/* `before` is null for a silent unit. */
static void put_before(struct json_writer *json, const struct unit_state *before)
{
    if (before->seq == 0) {
        json_put_text(json, "before", NULL);
        return;
    }
    json_open_array(json, "before");
    json_put_integer(json, NULL, before->voted);
    json_put_integer(json, NULL, before->registered);
    json_close_array(json);
}

static void append_on_one_line(struct buffer *out, struct slice sent)
{
    buffer_append(out, sent.bytes, sent.length);
    for (char *at = out->bytes + out->length - sent.length; at < out->bytes + out->length; at++) {
        if (*at == '\n' || *at == '\r') {
            *at = ' ';
        }
    }
}

void log_line_write_report(struct buffer *out, const struct report_received *received,
                           const struct decision *decision, const struct unit_state *before, const char *who,
                           struct slice sent)
{
    bool is_held = decision->status == STATUS_HELD;
    assert(is_held || decision->status == STATUS_ACCEPTED);
    struct json_writer json = open_line(out, received->received_ms, is_held ? LOG_HELD : LOG_ACCEPTED);
    put_text_if_any(&json, "code", report_code_name(decision->code));
    json_put_integer(&json, "round", received->round);
    put_before(&json, before);
    if (decision->violations != 0) {
        char flags[RULE_FLAGS_BYTES];
        rules_write_flags(decision->violations, flags);
        json_put_text(&json, "flags", flags);
    }
    put_text_if_any(&json, "who", who);
    buffer_append_text(out, ",\"report\":");
    append_on_one_line(out, sent);
    buffer_append_char(out, '}');
}

void log_line_write_decision(struct buffer *out, const struct log_decision *decision,
                             const struct held_report *held, const struct unit_state *before)
{
    const struct report_received *received = &held->received;
    struct json_writer json = open_line(out, decision->now_ms, decision->outcome);
    char as_of[RFC3339_BYTES];
    rfc3339_format(received->as_of, decision->offset_s, as_of);
    json_put_text(&json, "unit", decision->unit);
    json_put_integer(&json, "seq", received->seq);
    json_put_text(&json, "as_of", as_of);
    json_put_integer(&json, "voted", received->voted);
    if (received->registered != REGISTERED_ABSENT) {
        json_put_integer(&json, "registered", received->registered);
    }
    json_put_text(&json, "kind", report_kind_name(received->kind));
    put_text_if_any(&json, "reason", report_reason_name(received->reason));
    json_put_integer(&json, "round", received->round);
    put_before(&json, before);
    json_put_text(&json, "who", decision->who);
    put_text_if_any(&json, "why", decision->why);
    json_close_object(&json);
}

void log_line_write_void(struct buffer *out, const struct log_void *voided, const struct unit_state *before)
{
    struct json_writer json = open_line(out, voided->now_ms, LOG_VOIDED);
    json_put_text(&json, "unit", voided->unit);
    json_put_integer(&json, "seq", voided->seq);
    json_put_integer(&json, "registered", voided->listed);
    put_before(&json, before);
    json_put_text(&json, "who", voided->who);
    json_put_text(&json, "why", voided->why);
    json_close_object(&json);
}

void log_line_write_change(struct buffer *out, enum log_outcome outcome, const char *from, const char *to,
                           const char *who, int64_t now_ms)
{
    assert(outcome >= LOG_PHASE && outcome < LOG_REGISTER);
    struct json_writer json = open_line(out, now_ms, outcome);
    json_put_text(&json, "from", from);
    json_put_text(&json, "to", to);
    json_put_text(&json, "who", who);
    json_close_object(&json);
}

bool log_line_is_public(const struct report_received *received, const struct decision *decision,
                        const struct unit_state *before)
{
    return decision->status == STATUS_ACCEPTED &&
           (received->kind == KIND_CORRECTION || decision->after.registered != before->registered);
}

void log_chain_extend(unsigned char head[LOG_HEAD_BYTES], struct slice line)
{
    sha256(head, (struct slice[]){{(const char *)head, LOG_HEAD_BYTES}, line}, 2);
}

/* ---- reading ---- */

/* An absent text is an empty one. */
static bool read_text(const json_t *object, const char *key, char *ret_text, size_t capacity)
{
    const json_t *value = json_object_get(object, key);
    struct slice text =
        value == NULL ? slice_of("") : (struct slice){json_string_value(value), json_string_length(value)};
    return (value == NULL || json_is_string(value)) && slice_copy(text, ret_text, capacity);
}

/* An absent number is `absent`. */
static bool read_number(const json_t *object, const char *key, json_int_t most, json_int_t absent,
                        json_int_t *ret_number)
{
    const json_t *value = json_object_get(object, key);
    *ret_number = value == NULL ? absent : json_integer_value(value);
    return value == NULL || (json_is_integer(value) && *ret_number >= 0 && *ret_number <= most);
}

static bool has_all(const json_t *object, const char *const *keys)
{
    while (*keys != NULL && json_object_get(object, *keys) != NULL) {
        keys++;
    }
    return *keys == NULL;
}

static bool read_outcome(const json_t *object, enum log_outcome *ret_outcome)
{
    char name[LOG_WORD_BYTES];
    size_t outcome;
    if (!read_text(object, "outcome", name, sizeof name) ||
        !text_find(slice_of(name), outcome_names, LOG_OUTCOME_COUNT, &outcome)) {
        return false;
    }
    *ret_outcome = (enum log_outcome)outcome;
    return true;
}

static bool read_before(const json_t *object, struct log_line *line)
{
    const json_t *before = json_object_get(object, "before");
    line->was_silent = !json_is_array(before);
    if (line->was_silent) {
        return json_is_null(before);
    }
    const json_t *voted = json_array_get(before, 0);
    const json_t *registered = json_array_get(before, 1);
    line->voted_before = (int32_t)json_integer_value(voted);
    line->registered_before = (int32_t)json_integer_value(registered);
    return json_array_size(before) == 2 && json_is_integer(voted) && json_is_integer(registered) &&
           json_integer_value(voted) >= 0 && json_integer_value(voted) <= VOTERS_MAX &&
           json_integer_value(registered) >= 0 && json_integer_value(registered) <= VOTERS_MAX;
}

/* Reads a decision's data about its report. */
static bool read_decided(const json_t *object, struct report *report)
{
    char kind[LOG_WORD_BYTES];
    char reason[LOG_WORD_BYTES];
    json_int_t seq;
    json_int_t voted;
    json_int_t registered;
    bool is_sound = read_text(object, "unit", report->unit, sizeof report->unit) &&
                    read_text(object, "as_of", report->as_of_text, sizeof report->as_of_text) &&
                    rfc3339_parse(slice_of(report->as_of_text), &report->as_of, NULL) &&
                    read_number(object, "seq", SEQ_MAX, 0, &seq) && seq > 0 &&
                    read_number(object, "voted", VOTERS_MAX, 0, &voted) &&
                    read_number(object, "registered", VOTERS_MAX, REGISTERED_ABSENT, &registered) &&
                    read_text(object, "kind", kind, sizeof kind) &&
                    report_kind_parse(slice_of(kind), &report->kind) &&
                    read_text(object, "reason", reason, sizeof reason) &&
                    (reason[0] == '\0' || report_reason_parse(slice_of(reason), &report->reason));
    if (is_sound) {
        report->kind_given = true;
        report->seq = (int32_t)seq;
        report->voted = (int32_t)voted;
        report->registered = (int32_t)registered;
    }
    return is_sound;
}

static bool read_voided(const json_t *object, struct report *report)
{
    json_int_t seq;
    json_int_t registered;
    if (!read_text(object, "unit", report->unit, sizeof report->unit) ||
        !read_number(object, "seq", SEQ_MAX, 0, &seq) || seq == 0 ||
        !read_number(object, "registered", VOTERS_MAX, 0, &registered)) {
        return false;
    }
    report->seq = (int32_t)seq;
    report->registered = (int32_t)registered;
    return true;
}

static bool read_register(const json_t *object, struct log_line *line)
{
    char change[LOG_WORD_BYTES];
    return read_text(object, "change", change, sizeof change) &&
           ledger_kind_parse(slice_of(change), &line->change) && line->change >= LEDGER_COMMUNE_ADDED &&
           read_text(object, "unit", line->unit, sizeof line->unit) &&
           read_text(object, "area", line->area, sizeof line->area);
}

/* Reads the data about the report or unit, except a report as it was sent. */
static bool read_subject(const json_t *object, struct log_line *line)
{
    switch (line->outcome) {
    case LOG_RELEASED:
    case LOG_REJECTED:
    case LOG_SUPERSEDED:
        return read_decided(object, &line->report);
    case LOG_VOIDED:
        return read_voided(object, &line->report);
    case LOG_REGISTER:
        return read_register(object, line);
    case LOG_ACCEPTED:
    case LOG_HELD:
    case LOG_PHASE:
    case LOG_PUBLICATION:
    case LOG_LOSS:
    case LOG_OUTCOME_COUNT:
        break;
    }
    return true;
}

/* The required members, in addition to those of every line. */
#define DECISION                                                                                             \
    {                                                                                                        \
        "unit", "seq", "as_of", "voted", "kind", "who", NULL                                                 \
    }
static const char *const required[LOG_OUTCOME_COUNT][8] = {
    [LOG_ACCEPTED] = {"before", NULL},
    [LOG_HELD] = {"before", "code", NULL},
    [LOG_RELEASED] = DECISION,
    [LOG_REJECTED] = DECISION,
    [LOG_SUPERSEDED] = DECISION,
    [LOG_VOIDED] = {"unit", "seq", "registered", "who", "why", NULL},
    [LOG_PHASE] = {"from", "to", "who", NULL},
    [LOG_PUBLICATION] = {"from", "to", "who", NULL},
    [LOG_LOSS] = {"from", "to", "who", NULL},
    [LOG_REGISTER] = {"change", "area", "who", NULL},
};

static bool read_members(const json_t *object, struct log_line *line)
{
    char code[32];
    json_int_t received;
    json_int_t round;
    if (!read_outcome(object, &line->outcome) || !read_number(object, "received", INT64_MAX, -1, &received) ||
        received < 0 || !read_number(object, "round", ROUNDS_MAX, 0, &round) ||
        !read_text(object, "code", code, sizeof code) ||
        !read_text(object, "flags", line->flags, sizeof line->flags) ||
        !read_text(object, "who", line->who, sizeof line->who) ||
        !read_text(object, "why", line->why, sizeof line->why) ||
        !read_text(object, "from", line->from, sizeof line->from) ||
        !read_text(object, "to", line->to, sizeof line->to) ||
        (code[0] != '\0' && !report_code_parse(slice_of(code), &line->code))) {
        return false;
    }
    line->received_ms = received;
    line->round = (uint32_t)round;
    return has_all(object, required[line->outcome]) &&
           (line->outcome >= LOG_PHASE || read_before(object, line)) && read_subject(object, line);
}

enum turnout_error log_line_read(struct slice text, struct log_line *ret_line, struct error *error)
{
    static const char mark[] = ",\"report\":";
    struct log_line line = {.report = {.registered = REGISTERED_ABSENT}};
    struct slice head = text;
    struct slice report = {NULL, 0};
    /* The report is the last member, and no freely chosen text precedes it. */
    const char *at = memmem(text.bytes, text.length, mark, sizeof mark - 1);
    struct buffer members = {0};
    if (at != NULL && text.bytes[text.length - 1] == '}') {
        size_t before = (size_t)(at - text.bytes);
        report = (struct slice){at + sizeof mark - 1, text.length - before - sizeof mark};
        buffer_append(&members, text.bytes, before);
        buffer_append_char(&members, '}');
        head = (struct slice){members.bytes, members.length};
    }
    json_t *object = json_object_load(head, error);
    bool is_sound = object != NULL && read_members(object, &line);
    bool has_report = is_sound && line.outcome <= LOG_HELD;
    is_sound =
        is_sound && has_report == (report.bytes != NULL) &&
        (!has_report || report_json_parse(report.bytes, report.length, &line.report, error) == TURNOUT_OK);
    json_decref(object);
    buffer_done(&members);
    if (!is_sound) {
        char shown[TEXT_SHOWN_BYTES];
        return error_fail(error, TURNOUT_BAD_INPUT, "", "\"%s\" is not a line of the log",
                          text_show(text, shown));
    }
    *ret_line = line;
    return TURNOUT_OK;
}

/* ---- the ledger ---- */

static void put_count(char ret_value[LEDGER_VALUE_BYTES], int32_t count)
{
    int length = snprintf(ret_value, LEDGER_VALUE_BYTES, "%d", count);
    assert(length > 0 && length < LEDGER_VALUE_BYTES);
}

/* `area` may be empty. */
static struct ledger_entry entry_of(const struct log_line *line, uint32_t unit, const char *area,
                                    enum ledger_kind kind, int32_t before, int32_t after, const char *reason)
{
    struct ledger_entry entry = {
        .when_ms = line->received_ms, .kind = kind, .unit = unit, .seq = line->report.seq};
    put_count(entry.before, before);
    put_count(entry.after, after);
    bool fits = slice_copy(slice_of(line->report.unit), entry.unit_code, sizeof entry.unit_code) &&
                slice_copy(slice_of(area), entry.area_code, sizeof entry.area_code) &&
                slice_copy(slice_of(reason), entry.reason, sizeof entry.reason);
    assert(fits);
    return entry;
}

static size_t election_entry(const struct log_line *line, struct ledger_entry *ret_entry)
{
    static const enum ledger_kind kinds[LOG_OUTCOME_COUNT] = {
        [LOG_PHASE] = LEDGER_PHASE, [LOG_PUBLICATION] = LEDGER_PUBLICATION, [LOG_LOSS] = LEDGER_LOSS};
    bool is_register = line->outcome == LOG_REGISTER;
    *ret_entry = (struct ledger_entry){.when_ms = line->received_ms,
                                       .kind = is_register ? line->change : kinds[line->outcome],
                                       .unit = REGISTER_NONE};
    memcpy(ret_entry->unit_code, line->unit, sizeof ret_entry->unit_code);
    memcpy(ret_entry->area_code, line->area, sizeof ret_entry->area_code);
    if (is_register) {
        memcpy(ret_entry->reason, line->why, sizeof ret_entry->reason);
    }
    _Static_assert((int)LOG_WORD_BYTES == (int)LEDGER_VALUE_BYTES, "a word of a line fits into an entry");
    memcpy(ret_entry->before, line->from, sizeof ret_entry->before);
    memcpy(ret_entry->after, line->to, sizeof ret_entry->after);
    return 1;
}

size_t log_line_ledger_entries(const struct log_line *line, const struct election_register *reg,
                               struct ledger_entry ret_entries[LOG_LINE_ENTRIES_MAX])
{
    static const enum ledger_kind decided[] = {[LOG_RELEASED] = LEDGER_RELEASED,
                                               [LOG_REJECTED] = LEDGER_REJECTED,
                                               [LOG_SUPERSEDED] = LEDGER_SUPERSEDED,
                                               [LOG_VOIDED] = LEDGER_VOIDED};
    if (line->outcome >= LOG_PHASE) {
        return election_entry(line, &ret_entries[0]);
    }
    const struct report *report = &line->report;
    uint32_t unit = register_find_unit(reg, slice_of(report->unit));
    bool is_gone = unit == REGISTER_NONE; /* of an earlier register */
    const char *area = is_gone ? "" : reg->areas[reg->units[unit].commune].code;
    const char *reason = report_reason_name(report->reason);
    int32_t registered_before = !line->was_silent ? line->registered_before
                                : is_gone         ? report->registered
                                                  : (int32_t)reg->units[unit].registered;
    bool counts = line->outcome == LOG_ACCEPTED || line->outcome == LOG_RELEASED;
    bool sets_roll = counts || line->outcome == LOG_VOIDED;
    size_t count = 0;
    if (counts && report->kind == KIND_CORRECTION) {
        ret_entries[count++] =
            entry_of(line, unit, area, LEDGER_CORRECTION, line->voted_before, report->voted, reason);
    }
    if (sets_roll && report->registered != REGISTERED_ABSENT && report->registered != registered_before) {
        ret_entries[count++] =
            entry_of(line, unit, area, LEDGER_ROLL_CHANGE, registered_before, report->registered, reason);
    }
    if (line->outcome >= LOG_RELEASED) {
        bool stands = !counts && line->outcome != LOG_VOIDED;
        int32_t after = stands ? line->voted_before : report->voted;
        ret_entries[count++] =
            entry_of(line, unit, area, decided[line->outcome], line->voted_before, after, line->why);
    }
    return count;
}
