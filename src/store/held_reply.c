/* Nothing is believed of what Redis keeps but what a held report can be. */
#include "held_reply.h"

#include <string.h>

#include <jansson.h>

#include <turnout/base/rfc3339.h>

#include "unit_text.h"

/* A NUL within cannot be: jansson refuses it. */
static struct slice member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return slice_of(text == NULL ? "" : text);
}

static bool read_number(const json_t *object, const char *name, uint64_t most, uint64_t *ret_number)
{
    return text_parse_unsigned(member(object, name), most, ret_number);
}

static bool read_numbers(const json_t *object, struct held_report *held)
{
    struct report *report = &held->report;
    uint64_t seq;
    uint64_t voted;
    uint64_t registered = 0;
    uint64_t round;
    uint64_t received;
    int32_t offset_s;
    bool moves_roll = member(object, "registered").length > 0;
    if (!read_number(object, "seq", SEQ_MAX, &seq) || !read_number(object, "voted", VOTERS_MAX, &voted) ||
        (moves_roll && !read_number(object, "registered", VOTERS_MAX, &registered)) ||
        !read_number(object, "round", ROUNDS_MAX, &round) ||
        !read_number(object, "received", INT64_MAX, &received) ||
        !rfc3339_parse(member(object, "as_of"), &report->as_of, &offset_s)) {
        return false;
    }
    report->seq = (int32_t)seq;
    report->voted = (int32_t)voted;
    report->registered = moves_roll ? (int32_t)registered : REGISTERED_ABSENT;
    held->round = (uint32_t)round;
    held->received_ms = (int64_t)received;
    return true;
}

static bool read_words(const json_t *object, struct held_report *held)
{
    struct report *report = &held->report;
    struct slice kind = member(object, "kind");
    struct slice reason = member(object, "reason");
    report->kind_given = kind.length > 0;
    return held_state_parse(member(object, "state"), &held->state) &&
           report_code_parse(member(object, "code"), &held->code) &&
           (kind.length == 0 || report_kind_parse(kind, &report->kind)) &&
           (reason.length == 0 || report_reason_parse(reason, &report->reason)) &&
           digest_from_hex(member(object, "digest"), held->digest);
}

static bool read_texts(const json_t *object, struct held_report *held)
{
    struct report *report = &held->report;
    const struct {
        const char *name;
        char *text;
        size_t capacity;
    } texts[] = {
        {"flags", held->flags, sizeof held->flags},  {"via", held->via, sizeof held->via},
        {"unit", report->unit, sizeof report->unit}, {"as_of", report->as_of_text, sizeof report->as_of_text},
        {"note", report->note, sizeof report->note}, {"key", report->key, sizeof report->key},
        {"sig", report->sig, sizeof report->sig},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!slice_copy(member(object, texts[i].name), texts[i].text, texts[i].capacity)) {
            return false;
        }
    }
    return true;
}

enum turnout_error held_report_read(struct slice text, const struct election *election,
                                    const struct election_register *reg, struct held_report *ret_held,
                                    struct error *error)
{
    struct held_report held = {.state = HELD_WAITING};
    memcpy(held.report.election, election->id, sizeof held.report.election);
    json_t *object = json_loadb(text.bytes, text.length, 0, NULL);
    bool is_sound = json_is_object(object) && read_texts(object, &held) && read_numbers(object, &held) &&
                    read_words(object, &held);
    json_decref(object);
    held.unit = register_find_unit(reg, slice_of(held.report.unit));
    if (!is_sound || held.unit == REGISTER_NONE) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "\"%.*s\" is not a held report of this election",
                          (int)(text.length < 80 ? text.length : 80), text.bytes);
    }
    *ret_held = held;
    return TURNOUT_OK;
}
