/* What must stand at a server that was told a day, by plain sums: a unit a row, in units.csv's order, and nothing known
 * of rules. For the test of a whole day. */
#ifndef TURNOUT_TESTS_DAY_MODEL_H
#define TURNOUT_TESTS_DAY_MODEL_H

#include <check.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include <turnout/base/text.h>

#include "small_election.h"

enum { MODEL_UNITS_MAX = 1000, MODEL_CODE_BYTES = 33 };

struct model_unit {
    char code[MODEL_CODE_BYTES];
    char commune[MODEL_CODE_BYTES];
    char province[MODEL_CODE_BYTES];
    int listed;
    int seq; /* 0: silent */
    int voted;
    int registered;
    bool is_final;
    bool is_withdrawn;
};

static struct {
    struct model_unit units[MODEL_UNITS_MAX];
    int count;
} model;

static inline struct model_unit *model_find(const char *code)
{
    for (int i = 0; i < model.count; i++) {
        if (strcmp(model.units[i].code, code) == 0) {
            return &model.units[i];
        }
    }
    ck_abort_msg("no unit %s", code);
}

static inline void model_add(const char *code, const char *commune, const char *province, int listed)
{
    struct model_unit *unit = &model.units[model.count++];
    ck_assert_int_le(model.count, MODEL_UNITS_MAX);
    *unit = (struct model_unit){.listed = listed, .registered = listed};
    ck_assert(slice_copy(slice_of(code), unit->code, sizeof unit->code) &&
              slice_copy(slice_of(commune), unit->commune, sizeof unit->commune) &&
              slice_copy(slice_of(province), unit->province, sizeof unit->province));
}

/* A report that counts; `registered` 0: the roll as it was. */
static inline void model_count(const char *code, int seq, int voted, int registered, bool is_final)
{
    struct model_unit *unit = model_find(code);
    unit->seq = seq;
    unit->voted = voted;
    unit->registered = registered == 0 ? unit->registered : registered;
    unit->is_final = is_final;
}

static inline void model_void(const char *code)
{
    struct model_unit *unit = model_find(code);
    unit->seq = 0;
    unit->voted = 0;
    unit->registered = unit->listed;
    unit->is_final = false;
}

/* What an area adds up to. */
struct model_sums {
    int64_t units, units_reported, units_final, registered, voted;
};

static inline struct model_sums model_sum(const char *area, const char *nation)
{
    struct model_sums sums = {0};
    for (int i = 0; i < model.count; i++) {
        const struct model_unit *unit = &model.units[i];
        bool is_in = strcmp(area, nation) == 0 || strcmp(area, unit->province) == 0 ||
                     strcmp(area, unit->commune) == 0;
        if (is_in && !unit->is_withdrawn) {
            sums.units++;
            sums.units_reported += unit->seq > 0;
            sums.units_final += unit->is_final;
            sums.registered += unit->registered;
            sums.voted += unit->voted;
        }
    }
    return sums;
}

/* An area of a public document. */
static inline void model_check_area(const json_t *area, const char *nation)
{
    const char *code = json_text_of(area, "code");
    struct model_sums sums = model_sum(code, nation);
    const struct {
        const char *key;
        int64_t sum;
    } figures[] = {{"units", sums.units},
                   {"units_reported", sums.units_reported},
                   {"units_final", sums.units_final},
                   {"registered", sums.registered},
                   {"voted", sums.voted},
                   {"remaining", sums.registered - sums.voted}};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        int64_t shown = json_integer_of(area, figures[i].key);
        ck_assert_msg(shown == figures[i].sum, "%s %s: %lld is shown, %lld was told", code, figures[i].key,
                      (long long)shown, (long long)figures[i].sum);
    }
    ck_assert_msg(json_is_true(json_object_get(area, "verified")), "%s is not verified", code);
}

/* A unit as committees are told of it. */
static inline void model_check_unit(const json_t *shown)
{
    const struct model_unit *unit = model_find(json_text_of(shown, "unit"));
    ck_assert_msg(!unit->is_withdrawn && json_integer_of(shown, "seq") == unit->seq &&
                      json_integer_of(shown, "voted") == unit->voted &&
                      json_integer_of(shown, "registered") == unit->registered,
                  "%s: seq %lld, %lld of %lld is shown; seq %d, %d of %d was told", unit->code,
                  (long long)json_integer_of(shown, "seq"), (long long)json_integer_of(shown, "voted"),
                  (long long)json_integer_of(shown, "registered"), unit->seq, unit->voted, unit->registered);
}

#endif
