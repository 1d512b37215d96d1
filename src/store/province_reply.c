/* Reads what Redis replies about a province: names and values of hashes in turn, in any order. */
#include "province_reply.h"

#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "phase_calls.h"
#include "redis_reply.h"
#include "words.h"

static const int64_t EXACT_MAX = (INT64_C(1) << 53) - 1; /* as in proto/turnout.lua */

/* Where a field's value goes; NULL for one that is no count, or a round that cannot be. */
static int64_t *place_of(struct store_province *province, struct slice field)
{
    struct totals *totals = &province->totals;
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
        {"as_of", &totals->as_of},
        {"excuses", &province->version.excuses},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (slice_equals(field, fields[i].name)) {
            return fields[i].place;
        }
    }
    struct slice rest = field;
    struct slice name = text_split(&rest, ':');
    uint64_t round;
    if (!text_parse_unsigned(rest, ROUNDS_MAX, &round) || round == 0) {
        return NULL;
    }
    return slice_equals(name, "round")  ? &totals->rounds[round - 1]
           : slice_equals(name, "late") ? &totals->late[round - 1]
                                        : NULL;
}

static bool is_texts(const redisReply *reply, size_t multiple)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements % multiple != 0) {
        return false;
    }
    for (size_t i = 0; i < reply->elements; i++) {
        if (reply->element[i]->type != REDIS_REPLY_STRING) {
            return false;
        }
    }
    return true;
}

/* Until readers are of the same register, what they know of the province stands. */
static bool is_of_register(const struct election_register *reg, const redisReply *pairs)
{
    unsigned char digest[REGISTER_DIGEST_BYTES] = {0};
    for (size_t i = 0; i < pairs->elements; i += 2) {
        if (slice_equals(reply_text(pairs->element[i]), "digest") &&
            !words_read_hex(reply_text(pairs->element[i + 1]), digest, sizeof digest)) {
            return false;
        }
    }
    return memcmp(digest, reg->digest, sizeof digest) == 0;
}

/* What a province is, beside its counts. */
static bool read_ground(struct slice field, struct slice value, struct store_province *province)
{
    if (slice_equals(field, "generation")) {
        return slice_copy(value, province->generation, sizeof province->generation);
    }
    if (!slice_equals(field, "phase")) {
        return true;
    }
    /* Where the rest of the election is open already, this is no province from before. */
    return election_phase_parse(slice_equals(value, PHASE_OPENING) ? slice_of("open") : value,
                                &province->phase);
}

static enum turnout_error read_totals(const redisReply *pairs, struct store_province *province,
                                      struct error *error)
{
    for (size_t i = 0; i < pairs->elements; i += 2) {
        struct slice field = reply_text(pairs->element[i]);
        struct slice value = reply_text(pairs->element[i + 1]);
        int64_t *place = place_of(province, field);
        if (!read_ground(field, value, province)) {
            return error_fail(error, TURNOUT_BAD_INPUT, "", "%.*s is none", (int)field.length, field.bytes);
        }
        if (place != NULL && !text_parse_integer(value, 0, EXACT_MAX, place)) {
            return error_fail(error, TURNOUT_BAD_INPUT, "", "%.*s is \"%.*s\", which is no count",
                              (int)field.length, field.bytes, (int)(value.length < 40 ? value.length : 40),
                              value.bytes);
        }
    }
    return TURNOUT_OK;
}

static enum turnout_error read_communes(const struct province_reply_of *of, const redisReply *pairs,
                                        struct store_commune *ret_communes, struct error *error)
{
    const struct election_register *reg = of->reg;
    const struct area *province = &reg->areas[of->province];
    char shown[TEXT_SHOWN_BYTES];
    if (pairs->elements != 2 * (size_t)province->children) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "%zu communes in Redis, %u in the register",
                          pairs->elements / 2, province->children);
    }
    for (size_t i = 0; i < pairs->elements; i += 2) {
        struct slice code = reply_text(pairs->element[i]);
        uint32_t area = register_find_area(reg, code);
        if (area == REGISTER_NONE || reg->areas[area].parent != of->province) {
            return error_fail(error, TURNOUT_BAD_INPUT, "", "%s is not a commune of %s",
                              text_show(code, shown), province->code);
        }
        if (!words_read_commune(reply_text(pairs->element[i + 1]),
                                &ret_communes[area - province->first_child])) {
            return error_fail(error, TURNOUT_BAD_INPUT, "", "communes %s: not the words of a commune",
                              reg->areas[area].code);
        }
    }
    return TURNOUT_OK;
}

/* An absent unit is a silent one. */
static enum turnout_error read_units(const struct province_reply_of *of, const redisReply *pairs,
                                     struct unit_state *ret_units, struct error *error)
{
    const struct election_register *reg = of->reg;
    uint32_t first = register_first_unit(reg, of->province);
    uint32_t count = reg->areas[of->province].units;
    for (uint32_t i = 0; i < count; i++) {
        ret_units[i] = (struct unit_state){.registered = (int32_t)reg->units[first + i].registered};
    }
    for (size_t i = 0; i < pairs->elements; i += 2) {
        char shown[TEXT_SHOWN_BYTES];
        struct slice code = reply_text(pairs->element[i]);
        uint32_t unit = register_find_unit(reg, code);
        if (unit == REGISTER_NONE || unit < first || unit - first >= count ||
            !words_read_unit(reply_text(pairs->element[i + 1]), &ret_units[unit - first])) {
            return error_fail(error, TURNOUT_BAD_INPUT, "", "units %s: not the state of a unit of %s",
                              text_show(code, shown), reg->areas[of->province].code);
        }
    }
    return TURNOUT_OK;
}

/* Code, excuse and state of each. What is none of that excuses nobody, but is no reason to doubt the figures. */
static void read_excused(const struct province_reply_of *of, const redisReply *excused,
                         struct excused *ret_excused)
{
    const struct election_register *reg = of->reg;
    for (size_t i = 0; i < excused->elements; i += 3) {
        struct excuse excuse;
        struct unit_state state = {.seq = 0};
        struct error error;
        uint32_t unit = register_find_unit(reg, reply_text(excused->element[i]));
        struct slice words = reply_text(excused->element[i + 2]);
        if (unit != REGISTER_NONE && register_province_of(reg, reg->units[unit].commune) == of->province &&
            excuse_read(reply_text(excused->element[i + 1]), &excuse, &error) == TURNOUT_OK &&
            (words.length == 0 || words_read_unit(words, &state))) {
            uint32_t commune = reg->units[unit].commune - reg->areas[of->province].first_child;
            excused_count(&ret_excused[commune], excuse_stands(&excuse, &state, 0), &state);
        }
    }
}

static enum turnout_error read_reply(const struct province_reply_of *of, const redisReply *reply,
                                     struct store_province *ret_province, struct store_commune *ret_communes,
                                     struct excused *ret_excused, struct error *error)
{
    /* A bulletin's has two elements more. */
    bool is_whole = of->with_units ? reply->elements == 5 && is_texts(reply->element[3], 2) &&
                                         reply->element[4]->type == REDIS_REPLY_STRING
                                   : reply->elements == 3;
    if (!is_whole || !is_texts(reply->element[0], 2) || !is_texts(reply->element[1], 2) ||
        !is_texts(reply->element[2], 3)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "turnout_read answered something else than a province");
    }
    if (!is_of_register(of->reg, reply->element[0])) {
        return error_fail(error, TURNOUT_UNAVAILABLE, "", "the province is of another register");
    }
    read_excused(of, reply->element[2], ret_excused);
    enum turnout_error failed = read_totals(reply->element[0], ret_province, error);
    ret_province->version.revision = ret_province->totals.revision;
    return failed != TURNOUT_OK ? failed : read_communes(of, reply->element[1], ret_communes, error);
}

enum turnout_error province_reply_read(const struct province_reply_of *of, const redisReply *reply,
                                       struct province_reply *ret_reply, struct error *error)
{
    uint32_t communes = of->reg->areas[of->province].children;
    *ret_reply = (struct province_reply){
        .province = {.province = of->province, .commune_count = communes},
        .communes = memory_new_array(communes, sizeof *ret_reply->communes),
        .excused = memory_new_array(communes, sizeof *ret_reply->excused),
    };
    struct store_province *province = &ret_reply->province;
    province->communes = ret_reply->communes;
    province->excused = ret_reply->excused;
    enum turnout_error failed =
        read_reply(of, reply, province, ret_reply->communes, ret_reply->excused, error);
    if (failed == TURNOUT_OK && of->with_units) {
        ret_reply->units = memory_new_array(of->reg->areas[of->province].units, sizeof *ret_reply->units);
        failed = read_units(of, reply->element[3], ret_reply->units, error);
        province->units = ret_reply->units;
        province->ledger_id = reply->element[4]->str;
    }
    return failed;
}

void province_reply_done(struct province_reply *reply)
{
    free(reply->units);
    free(reply->communes);
    free(reply->excused);
}
