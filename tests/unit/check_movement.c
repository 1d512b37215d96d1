/* Who has moved since a revision. */
#include "../../src/service/movement.h"

#include <check.h>
#include <stdio.h>

#include "suite.h"

enum { PROVINCES = 3, PUBLICATIONS = 60 };

/* What readers were shown, one entry a publication. */
static struct shown {
    int64_t revision;
    int content[PROVINCES + 1];
    struct movement movement;
} shown[PUBLICATIONS];
static int count;

static void show(int64_t revision, const bool *has_moved)
{
    const struct shown *before = count == 0 ? NULL : &shown[count - 1];
    struct shown *after = &shown[count];
    after->revision = revision;
    for (int i = 1; i <= PROVINCES; i++) {
        after->content[i] = has_moved[i] ? count + 1 : before->content[i];
    }
    after->movement =
        movement_after(before == NULL ? NULL : &before->movement, revision, has_moved, PROVINCES);
    count++;
}

static void forget(void)
{
    for (int i = 0; i < count; i++) {
        movement_done(&shown[i].movement);
    }
    count = 0;
}

static const bool all[PROVINCES + 1] = {true, true, true, true};
static const bool none[PROVINCES + 1];
static const bool second[PROVINCES + 1] = {[2] = true};
static const bool third[PROVINCES + 1] = {[3] = true};

static void mark_since(const struct movement *movement, struct movement_place place, bool *ret_moved)
{
    movement_mark_newest(movement, movement_count_since(movement, place), ret_moved);
}

static void expect(int64_t since, const char *wanted)
{
    const struct movement *movement = &shown[count - 1].movement;
    bool moved[PROVINCES + 1] = {false};
    char text[PROVINCES + 1] = "";
    uint32_t length = 0;
    mark_since(movement, (struct movement_place){since, 0}, moved);
    for (int i = 1; i <= PROVINCES; i++) {
        if (moved[i]) {
            text[length++] = (char)('0' + i);
        }
    }
    ck_assert_msg(strcmp(text, wanted) == 0, "since %ld: %s, and not %s", (long)since, text, wanted);
    ck_assert_uint_eq(movement_count_since(movement, (struct movement_place){since, 0}), length);
}

FIXTURE(NULL, forget);

TEST(who_has_moved_since_is_named)
{
    show(10, all);
    expect(10, "");
    show(12, second);
    expect(10, "2");
    expect(11, "2"); /* as if it had been shown */
    expect(12, "");
    show(15, third);
    expect(10, "23");
    expect(12, "3");
    expect(15, "");
}

TEST(what_was_never_shown_asks_for_everything)
{
    show(10, all);
    show(12, second);
    static const int64_t unknown[] = {-1, 0, 9, 13, INT64_MAX / 4};
    for (int i = 0; i < COUNT(unknown); i++) {
        expect(unknown[i], "123");
    }
}

/* A province falls under verification, say. */
TEST(what_moves_while_the_revision_stands_is_told)
{
    show(10, all);
    show(10, second);
    expect(10, "2");
    show(10, none);
    expect(10, "2"); /* once more: it may be the first time */
    show(11, third);
    expect(10, "23");
    expect(11, "");
}

/* Who can say of which publication it is hears of nothing twice. */
TEST(a_serial_is_exact)
{
    bool moved[PROVINCES + 1] = {false};
    show(10, all);
    show(10, second);
    mark_since(&shown[1].movement, (struct movement_place){10, 1}, moved);
    ck_assert(!moved[1] && moved[2] && !moved[3]);
    ck_assert_uint_eq(movement_count_since(&shown[1].movement, (struct movement_place){10, 2}), 0);
    ck_assert_uint_eq(movement_count_since(&shown[1].movement, (struct movement_place){10, 3}), PROVINCES);
}

/* Figures of the newest bulletin take the place of newer ones. */
TEST(a_revision_that_falls_and_rises_is_told)
{
    show(10, all);
    show(20, second);
    show(15, third);
    expect(10, "23");
    expect(20, "3");
    expect(15, "23");
    show(20, second);
    expect(20, "23");
    show(21, third);
    expect(20, "23");
    expect(21, "");
}

/* Whatever happens: who has a publication, any with this revision, is told of every province that is another by now. */
LOOP_TEST(nobody_misses_anything, 200)
{
    uint32_t state = (uint32_t)_i;
    int64_t revision = 5;
    show(revision, all);
    while (count < PUBLICATIONS) {
        bool has_moved[PROVINCES + 1] = {false};
        state = state * 1664525 + 1013904223;
        int64_t by = (int64_t)(state >> 16) % 5 - 1;
        revision = revision + by < 0 ? 0 : revision + by;
        for (int i = 1; i <= PROVINCES; i++) {
            has_moved[i] = (state >> (20 + i)) % 2 == 0;
        }
        show(revision, has_moved);
        for (int reader = 0; reader < count; reader++) {
            bool told[PROVINCES + 1] = {false};
            bool told_exactly[PROVINCES + 1] = {false};
            const struct movement *now = &shown[count - 1].movement;
            mark_since(now, (struct movement_place){shown[reader].revision, 0}, told);
            mark_since(now, (struct movement_place){-1, shown[reader].movement.serial}, told_exactly);
            for (int i = 1; i <= PROVINCES; i++) {
                ck_assert_int_eq(told_exactly[i], shown[reader].content[i] != shown[count - 1].content[i]);
                ck_assert_msg(told[i] || shown[reader].content[i] == shown[count - 1].content[i],
                              "seed %d: a reader of publication %d is not told of %d in %d", _i, reader, i,
                              count);
            }
        }
    }
}

SUITE("movement");
