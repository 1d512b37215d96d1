/* Reads the two hashes of a province: names and values in turn, in any order. */
#include "province_reply.h"

#include <hiredis/hiredis.h>

#include <turnout/base/text.h>

static const int64_t EXACT_MAX = (INT64_C(1) << 53) - 1; /* as in proto/lua */

/* Where a field's value goes; NULL for a field of no business of ours, or a round that cannot be. */
static int64_t *place_of(struct totals *totals, struct slice field)
{
    const struct {
        const char *name;
        int64_t *place;
    } fields[] = {
        {"voted", &totals->voted},
        {"registered", &totals->registered},
        {"units_reported", &totals->units_reported},
        {"registered_reported", &totals->registered_reported},
        {"units_final", &totals->units_final},
        {"units_complete", &totals->units_complete},
        {"held", &totals->held},
        {"revision", &totals->revision},
        {"dup_seen", &totals->dup_seen},
        {"as_of", &totals->as_of},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (slice_equals(field, fields[i].name)) {
            return fields[i].place;
        }
    }
    struct slice rest = field;
    uint64_t round;
    if (slice_equals(text_split(&rest, ':'), "round") && text_parse_unsigned(rest, ROUNDS_MAX, &round) &&
        round > 0) {
        return &totals->rounds[round - 1];
    }
    return NULL;
}

static struct slice text_of(const redisReply *reply)
{
    return (struct slice){reply->str, reply->len};
}

static enum turnout_error put(struct totals *totals, struct slice field, struct slice whole_field,
                              struct slice value, struct error *error)
{
    int64_t *place = place_of(totals, field);
    if (place == NULL) {
        return TURNOUT_OK;
    }
    if (!text_parse_integer(value, 0, EXACT_MAX, place)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "%.*s is \"%.*s\", which is no count",
                          (int)whole_field.length, whole_field.bytes,
                          (int)(value.length < 40 ? value.length : 40), value.bytes);
    }
    return TURNOUT_OK;
}

/* Whether the reply is names and values in turn. */
static bool is_pairs(const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements % 2 != 0) {
        return false;
    }
    for (size_t i = 0; i < reply->elements; i++) {
        if (reply->element[i]->type != REDIS_REPLY_STRING) {
            return false;
        }
    }
    return true;
}

static enum turnout_error read_totals(const redisReply *pairs, struct totals *ret_totals, struct error *error)
{
    for (size_t i = 0; i < pairs->elements; i += 2) {
        struct slice field = text_of(pairs->element[i]);
        enum turnout_error failed = put(ret_totals, field, field, text_of(pairs->element[i + 1]), error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    return TURNOUT_OK;
}

static enum turnout_error read_communes(const redisReply *pairs, const struct election_register *reg,
                                        uint32_t province, struct totals *ret_communes, struct error *error)
{
    for (size_t i = 0; i < pairs->elements; i += 2) {
        struct slice whole = text_of(pairs->element[i]);
        struct slice field = whole;
        struct slice code = text_split(&field, ':');
        uint32_t area = register_find_area(reg, code);
        if (area == REGISTER_NONE || reg->areas[area].level != AREA_COMMUNE ||
            reg->areas[area].parent != province) {
            return error_fail(error, TURNOUT_BAD_INPUT, "", "%.*s is not of a commune of %s",
                              (int)whole.length, whole.bytes, reg->areas[province].code);
        }
        enum turnout_error failed = put(&ret_communes[area - reg->areas[province].first_child], field, whole,
                                        text_of(pairs->element[i + 1]), error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    return TURNOUT_OK;
}

enum turnout_error province_reply_read(const redisReply *reply, const struct election_register *reg,
                                       uint32_t province, struct totals *ret_totals,
                                       struct totals *ret_communes, struct error *error)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 || !is_pairs(reply->element[0]) ||
        !is_pairs(reply->element[1])) {
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "turnout_read answered something else than two hashes");
    }
    struct totals totals = {0};
    enum turnout_error failed = read_totals(reply->element[0], &totals, error);
    if (failed == TURNOUT_OK) {
        failed = read_communes(reply->element[1], reg, province, ret_communes, error);
    }
    if (failed == TURNOUT_OK) {
        *ret_totals = totals;
    }
    return failed;
}
