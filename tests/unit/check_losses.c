/* What counts as lost: every way in which a commune can come back, and that only what was known makes it whole
 * again. */
#include <turnout/service/losses.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "crypto.h"
#include "register_rows.h"
#include "suite.h"

enum { REVISION = 5 };

static const struct register_rows rows = {
    .areas = {{"T", "nation", ""},
              {"01", "province", "T"},
              {"02", "province", "T"},
              {"0101", "commune", "01"},
              {"0102", "commune", "01"},
              {"0201", "commune", "02"}},
    .units = {{"u", "0101", "100"}},
};
static const struct election election = {.id = "small"};
static char folder[] = "/tmp/turnout-losses-XXXXXX";
static struct election_register *reg;
static struct losses *losses;

static void begin(void)
{
    struct last_known known;
    struct error error;
    enum turnout_error failed = last_known_read(folder, &known, &error);
    ck_assert(failed == TURNOUT_OK || failed == TURNOUT_NOT_FOUND);
    losses = losses_new(
        &(struct losses_options){.election = &election, .reg = reg, .data = folder, .generation = "aa"},
        failed == TURNOUT_OK ? &known : NULL);
    if (failed == TURNOUT_OK) {
        last_known_done(&known);
    }
}

/* As after a restart: only the file is left. */
static void begin_again(void)
{
    losses_keep(losses, true);
    losses_free(losses);
    begin();
}

/* Province 01, whose first commune is at this revision with a head that begins with this byte. */
static struct store_province show(int64_t revision, unsigned char head)
{
    static struct store_commune communes[2];
    memset(communes, 0, sizeof communes);
    communes[0].totals.revision = revision;
    communes[0].head[0] = head;
    return (struct store_province){.province = 1,
                                   .totals = {.revision = revision},
                                   .communes = communes,
                                   .commune_count = 2,
                                   .generation = "aa"};
}

static bool is_whole(int64_t revision, unsigned char head)
{
    struct store_province province = show(revision, head);
    return losses_compare(losses, &province) == NULL;
}

static void start(void)
{
    crypto_start();
    ck_assert_ptr_nonnull(mkdtemp(folder));
    reg = register_of_rows(&rows);
    begin();
    ck_assert(is_whole(REVISION, 9));
    struct store_province province = show(REVISION, 9);
    losses_note(losses, &province);
    begin_again();
}

static void finish(void)
{
    struct error error;
    losses_free(losses);
    register_release(reg);
    ck_assert_int_eq(last_known_remove(folder, &error), TURNOUT_OK);
    ck_assert_int_eq(rmdir(folder), 0);
}

FIXTURE(start, finish);

static const struct {
    int64_t revision;
    unsigned char head;
    bool is_whole;
    int64_t missing;
} cases[] = {
    {REVISION, 9, true, 0},      {REVISION + 1, 8, true, 0},  {REVISION, 8, false, 0},
    {REVISION - 1, 9, false, 1}, {REVISION - 2, 7, false, 2}, {0, 0, false, REVISION},
};

LOOP_TEST(a_commune_comes_back, COUNT(cases))
{
    struct losses_sum sum;
    ck_assert_int_eq(is_whole(cases[_i].revision, cases[_i].head), cases[_i].is_whole);
    ck_assert_int_eq(losses_sum(losses, &sum), !cases[_i].is_whole);
    ck_assert_int_eq(sum.reports, cases[_i].missing);
    ck_assert_uint_eq(sum.provinces, cases[_i].is_whole ? 0 : 1);
    ck_assert_int_eq(sum.since_ms > 0, !cases[_i].is_whole);
}

TEST(only_what_was_known_makes_it_whole_again)
{
    ck_assert(!is_whole(REVISION - 3, 1));
    ck_assert(!is_whole(REVISION - 1, 2)); /* it goes on from there */
    ck_assert(!is_whole(REVISION, 3));
    ck_assert(!is_whole(REVISION + 10, 4));
    begin_again();
    struct losses_sum sum;
    ck_assert(!is_whole(REVISION + 11, 5));
    ck_assert(losses_sum(losses, &sum));
    ck_assert_int_eq(sum.reports, 3);
    ck_assert(is_whole(REVISION, 9));
    ck_assert(!losses_sum(losses, &sum));
    begin_again();
    ck_assert(is_whole(REVISION + 1, 6));
}

TEST(another_generation_and_an_older_phase_are_told)
{
    char words[LOSSES_WORDS_BYTES];
    ck_assert(!losses_describe(losses, words));
    struct store_province province = show(REVISION, 9);
    (void)snprintf(province.generation, sizeof province.generation, "bb");
    ck_assert_ptr_nonnull(losses_compare(losses, &province));
    ck_assert(losses_describe(losses, words));
    ck_assert_ptr_nonnull(strstr(words, "another generation"));
    ck_assert(is_whole(REVISION, 9));
    ck_assert(!losses_describe(losses, words));

    losses_note_meta(losses, &(struct store_meta){.phase = PHASE_OPEN, .generation = "aa"});
    begin_again();
    ck_assert(!is_whole(REVISION, 9));
    ck_assert(losses_describe(losses, words));
    ck_assert_ptr_nonnull(strstr(words, "the election was open"));
    losses_note_meta(losses, &(struct store_meta){.phase = PHASE_REHEARSAL, .generation = "aa"});
    begin_again();
    ck_assert(!is_whole(REVISION, 9)); /* it is not forgotten for that */
}

TEST(what_could_not_be_written_is_written_later)
{
    char elsewhere[sizeof folder + 1];
    struct last_known known;
    struct error error;
    (void)snprintf(elsewhere, sizeof elsewhere, "%s-", folder);
    losses_note_meta(losses, &(struct store_meta){.phase = PHASE_OPEN, .generation = "aa"});
    ck_assert_int_eq(rename(folder, elsewhere), 0);
    losses_keep(losses, true);
    ck_assert_int_eq(rename(elsewhere, folder), 0);
    losses_keep(losses, true);
    ck_assert_int_eq(last_known_read(folder, &known, &error), TURNOUT_OK);
    ck_assert_int_eq(known.phase, PHASE_OPEN);
    last_known_done(&known);
}

TEST(the_first_loss_is_told)
{
    struct last_known known;
    struct losses_sum sum;
    struct error error;
    ck_assert_int_eq(last_known_read(folder, &known, &error), TURNOUT_OK);
    known.provinces[0].short_since_ms = 2000;
    known.provinces[1].short_since_ms = 3000;
    losses_free(losses);
    losses = losses_new(
        &(struct losses_options){.election = &election, .reg = reg, .data = folder, .generation = "aa"},
        &known);
    last_known_done(&known);
    ck_assert(losses_sum(losses, &sum));
    ck_assert_uint_eq(sum.provinces, 2);
    ck_assert_int_eq(sum.since_ms, 2000);
}

SUITE("losses");
