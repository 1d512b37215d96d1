/* Which documents are made with a publication, before a reader asks for them. */
#include "../../src/service/publication_private.h"

#include <check.h>
#include <sodium.h>

#include <turnout/base/memory.h>

#include "register_rows.h"
#include "suite.h"

static const struct election election = {.id = "vn-2026", .date = "2026-03-15", .offset_s = 25200};
static const struct register_rows rows = {
    .areas = {{"VN", "nation", ""}, {"15", "province", "VN"}, {"19753", "commune", "15"}},
    .units = {{"19753-001", "19753", "100"}},
};
static struct election_register *reg;
static struct public_ledger *ledger;
static struct shelf *shelf;
static struct publication *shown;

static void publish(void)
{
    const struct figures figures = {.election = &election, .durability = "strict", .publication = "live"};
    struct area_figures *areas = memory_new_array(reg->area_count, sizeof *areas);
    struct publication *previous = shown;
    shown = publication_new(previous, &figures, reg, areas, PHASE_OPEN, public_ledger_page(ledger), shelf);
    publication_release(previous);
}

static void set_up(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    reg = register_of_rows(&rows);
    ledger = public_ledger_new(reg->unit_count);
    shelf = shelf_new();
    publish();
}

static void tear_down(void)
{
    publication_release(shown);
    shown = NULL;
    shelf_release(shelf);
    public_ledger_free(ledger);
    register_release(reg);
}

static bool is_made(enum publication_document which)
{
    return atomic_load(&shown->documents[which]) != NULL;
}

FIXTURE(set_up, tear_down);

TEST(a_large_one_is_not_made_unasked)
{
    publish();
    ck_assert(is_made(PUBLISHED_TURNOUT));
    ck_assert(!is_made(PUBLISHED_SNAPSHOT));
    ck_assert(!is_made(PUBLISHED_CSV));
}

TEST(a_large_one_is_made_while_it_is_asked_for)
{
    static const enum publication_document large[] = {PUBLISHED_SNAPSHOT, PUBLISHED_CSV};
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        ck_assert_ptr_nonnull(publication_document(shown, large[i], 0));
        publish();
        ck_assert(is_made(large[i]));
        ck_assert(!is_made(large[1 - i]));
        for (int later = 1; later < PUBLICATION_ASKED_LATELY; later++) {
            publish();
        }
        ck_assert(is_made(large[i]));
        publish();
        ck_assert(!is_made(large[i]));
    }
}

/* The time counts from the last question, not from the first. */
TEST(readers_who_go_on_asking_find_it_made)
{
    (void)publication_document(shown, PUBLISHED_SNAPSHOT, 0);
    for (int later = 0; later < 2 * PUBLICATION_ASKED_LATELY; later++) {
        publish();
        ck_assert(is_made(PUBLISHED_SNAPSHOT));
        if (later % (PUBLICATION_ASKED_LATELY / 2) == 0) {
            (void)publication_document(shown, PUBLISHED_SNAPSHOT, 0);
        }
    }
}

/* Of the tables only the usual form. */
TEST(another_form_is_made_when_it_is_asked_for)
{
    size_t semicolons = csv_form_place((struct csv_form){.separator = ';'});
    (void)publication_document(shown, PUBLISHED_CSV, semicolons);
    publish();
    ck_assert(!is_made(PUBLISHED_CSV));
    ck_assert_ptr_null(atomic_load(&shown->documents[PUBLISHED_CSV + semicolons]));
}

SUITE("publication");
