/* Which name a wrong one is taken for, and which are too far from any. */
#include <turnout/base/nearest.h>

#include <check.h>

#include "suite.h"

static const char *const names[] = {"election", "workers", "public", "publish-ms", "intake", "data"};

static const struct {
    const char *wrong;
    const char *name; /* NULL: none */
} cases[] = {
    {"worker", "workers"},       /* one letter missing */
    {"workerss", "workers"},     /* one too many */
    {"wirkers", "workers"},      /* another one */
    {"wrokers", "workers"},      /* two swapped: one edit, not two */
    {"WORKERS", "workers"},      /* capitals */
    {"publish-m", "publish-ms"}, /* one */
    {"publish", "public"},       /* two; publish-ms is three */
    {"puplich", "public"},       /* two */
    {"dat", "data"},             /* one of three */
    {"dta", "data"},             /* likewise */
    {"da", NULL},                /* two of two */
    {"frobnicate", NULL},        /* like none */
    {"", NULL},                  /* nothing is like nothing */
    {"eleccion", "election"},    /* one */
    {"intakes-http-of", NULL},   /* eight edits */
};

LOOP_TEST(the_nearest_name_is_found, COUNT(cases))
{
    struct nearest nearest = nearest_to(slice_of(cases[_i].wrong));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        nearest_offer(&nearest, names[i]);
    }
    if (cases[_i].name == NULL) {
        ck_assert_msg(nearest.name == NULL, "%s", nearest.name);
    } else {
        ck_assert_ptr_nonnull(nearest.name);
        ck_assert_str_eq(nearest.name, cases[_i].name);
    }
}

TEST(what_is_too_long_is_like_none)
{
    char name[66];
    for (size_t length = 64; length <= 65; length++) {
        for (size_t i = 0; i < length; i++) {
            name[i] = 'n';
        }
        name[length] = '\0';
        struct nearest nearest = nearest_to(slice_of(name));
        nearest_offer(&nearest, name);
        ck_assert((nearest.name != NULL) == (length == 64));
    }
}

TEST(a_hint_is_words_or_nothing)
{
    char hint[NEAREST_HINT_BYTES];
    struct nearest nearest = nearest_to(slice_of("datta"));
    ck_assert_str_eq(nearest_hint(&nearest, hint), "");
    nearest_offer(&nearest, "data");
    ck_assert_str_eq(nearest_hint(&nearest, hint), "; did you mean data?");
}

SUITE("nearest");
