/* Bulletins as a server has them at hand: only those whose files belong together. */
#include <turnout/service/shelf.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/service/frozen_view.h>
#include <turnout/wire/bulletin_files.h>
#include <turnout/wire/bundle.h>

#include "suite.h"

enum { BUNDLES = 2 }; /* the nation's and that of its one province */

static struct buffer bundles[BUNDLES];

static struct slice text_of(const struct buffer *buffer)
{
    return (struct slice){buffer->bytes, buffer->length};
}

static const char kept_register[] = "turnout-frozen-register-1 strict\nVN,nation,,Land,,2\n"
                                    "01,province,VN,One,,2\n101,commune,01,A,,1\n102,commune,01,B,,1\n";
static const char kept_figures[] =
    "turnout-frozen-1 1773561603 rehearsal verified - 1773561600000-0\n"
    "101 10 10 1 1 1 10 0 4 1773561600 1 0 0 0\n102 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

/* A nation of one province of two communes. */
static void write_bundles(int64_t number)
{
    static const char one[] =
        "code,registered,voted,seq,as_of,kind,receipt\nu1,10,10,,,,\n101,10,10,1,1,0,-\nlog,1,00\n";
    static const char two[] = "code,registered,voted,seq,as_of,kind,receipt\n102,0,0,0,0,0,-\nlog,0,00\n";
    struct bulletin_child children[] = {{.line = {"101", 10, 10, 1, 1, 0}}, {.line = {"102", 0, 0, 0, 0, 0}}};
    struct bulletin_child child = {.line = {"01", 10, 10, 1, 1, 0}};
    struct bulletin_statement statement = {.election = "e",
                                           .number = number,
                                           .label = "09:00",
                                           .cut = "2026-03-15T09:15:00+07:00",
                                           .previous = "-",
                                           .nation = "VN"};
    struct buffer province = {0};
    struct buffer nation = {0};
    struct buffer text = {0};
    sha256_hex(slice_of(one), children[0].sha256);
    sha256_hex(slice_of(two), children[1].sha256);
    bulletin_write_area(&province, "01", children, 2);
    sha256_hex(text_of(&province), child.sha256);
    bulletin_write_area(&nation, "VN", &child, 1);
    sha256_hex(text_of(&nation), statement.sha256);
    bulletin_write_statement(&text, &statement);
    bundle_put(&bundles[0], "bulletin.txt", text_of(&text));
    bundle_put(&bundles[0], "areas/VN.csv", text_of(&nation));
    bundle_put(&bundles[0], "bulletin.sig", slice_of("signature"));
    bundle_put(&bundles[0], "register", slice_of(kept_register)); /* these are no files of the bulletin */
    bundle_put(&bundles[1], "figures", slice_of(kept_figures));
    bundle_put(&bundles[1], "areas/101.csv", slice_of(one));
    bundle_put(&bundles[1], "areas/102.csv", slice_of(two));
    bundle_put(&bundles[1], "areas/01.csv", text_of(&province));
    buffer_done(&province);
    buffer_done(&nation);
    buffer_done(&text);
}

static struct bulletin *sound(int64_t number)
{
    struct bulletin *bulletin;
    struct error error;
    write_bundles(number);
    ck_assert_int_eq(bulletin_new(bundles, BUNDLES, &bulletin, &error), TURNOUT_OK);
    return bulletin;
}

TEST(a_bulletin_has_its_files)
{
    struct bulletin *bulletin = sound(1);
    struct bulletin_file *file = bulletin_find_file(bulletin, slice_of("areas/101.csv"));
    ck_assert_ptr_nonnull(file);
    ck_assert(file->has_units);
    file = bulletin_find_file(bulletin, slice_of("areas/01.csv"));
    ck_assert_ptr_nonnull(file);
    ck_assert(!file->has_units);
    ck_assert_ptr_nonnull(bulletin_find_file(bulletin, slice_of("bulletin.txt")));
    ck_assert(slice_equals(bulletin_find_file(bulletin, slice_of("bulletin.sig"))->bytes, "signature"));
    ck_assert_ptr_null(bulletin_find_file(bulletin, slice_of("figures")));
    ck_assert_ptr_null(bulletin_find_file(bulletin, slice_of("areas/103.csv")));
    const struct bulletin_summary *summary = bulletin_summary_of(bulletin);
    ck_assert_int_eq(summary->nation.line.voted, 10);
    ck_assert_uint_eq(summary->nation.communes_complete, 1);
    ck_assert_uint_eq(summary->province_count, 1);
    ck_assert_str_eq(summary->provinces[0].line.code, "01");
    bulletin_release(bulletin);
}

/* One byte of a bundle, `at` the first place of `what`, is another one. */
static const struct {
    int bundle;
    const char *what;
} changes[] = {
    {0, "turnout-bulletin"},
    {0, "unofficial"},
    {0, "areas/VN"},
    {0, "01,10,10"},
    {0, "VN,10,10"},
    {0, "bulletin.sig"},
    {1, "u1,10"},
    {1, "log,1"},
    {1, "101,10,10,1,1,0,"},
    {1, "areas/102"},
    {1, "01,10,10,1,1,0,-\n"},
    {1, "file areas/01"},
};

LOOP_TEST(files_must_belong_together, COUNT(changes))
{
    struct bulletin *bulletin;
    struct error error;
    write_bundles(1);
    char *place = strstr(bundles[changes[_i].bundle].bytes, changes[_i].what);
    ck_assert_ptr_nonnull(place);
    *place ^= 1;
    ck_assert_int_eq(bulletin_new(bundles, BUNDLES, &bulletin, &error), TURNOUT_BAD_INPUT);
}

TEST(nothing_is_no_bulletin)
{
    struct bulletin *bulletin;
    struct error error;
    ck_assert_int_eq(bulletin_new(bundles, BUNDLES, &bulletin, &error), TURNOUT_BAD_INPUT);
}

TEST(a_shelf_keeps_what_was_put_on_it)
{
    struct shelf *empty = shelf_new();
    struct shelf *one = shelf_with(empty, sound(1));
    struct shelf *two = shelf_with(one, sound(3));
    shelf_release(one);
    ck_assert_uint_eq(shelf_count(empty), 0);
    ck_assert_ptr_null(shelf_find(empty, 1));
    ck_assert_uint_eq(shelf_count(two), 2);
    ck_assert_ptr_eq(shelf_find(two, 3), shelf_at(two, 1));
    ck_assert_ptr_null(shelf_find(two, 2));
    shelf_acquire(two);
    shelf_release(two);
    ck_assert_int_eq(bulletin_summary_of(shelf_find(two, 1))->statement.number, 1);
    shelf_release(two);
    shelf_release(empty);
}

/* They are much to read, and anybody may ask for them. */
TEST(its_figures_are_read_once)
{
    static const struct figures now = {.signing_key = "k"};
    struct bulletin *bulletin = sound(1);
    struct figures figures;
    struct figures again;
    ck_assert(frozen_view_figures(bulletin, &now, &figures));
    ck_assert(figures.test);
    ck_assert_str_eq(figures.signing_key, "k");
    ck_assert_int_eq(figures.areas[REGISTER_NATION].totals.voted, 10);
    ck_assert(frozen_view_figures(bulletin, &now, &again));
    ck_assert_ptr_eq(again.areas, figures.areas);
    ck_assert_ptr_eq(again.reg, figures.reg);
    bulletin_release(bulletin);
}

/* What is told of a milestone can be taken back later, and a frozen document stays as it was. */
TEST(its_documents_say_no_milestones)
{
    struct area_figures areas[4] = {0};
    const struct election election = {.id = "e"};
    const struct figures now = {.election = &election, .areas = areas, .signing_key = "k"};
    for (int mark = 0; mark < MARK_COUNT; mark++) {
        areas[REGISTER_NATION].milestones[mark] =
            (struct milestone){.told_ms = 1, .is_reached = true, .as_of = 1773561600, .revision = 4};
    }
    struct bulletin *bulletin = sound(1);
    const struct document *document = frozen_document(bulletin, &now, FROZEN_TURNOUT);
    ck_assert_ptr_nonnull(document);
    const char *text = document->forms[HTTP_CODING_IDENTITY].bytes;
    ck_assert_ptr_nonnull(strstr(text, "\"first_report_at\":null,\"reached_50_at\":null,"
                                       "\"reached_90_at\":null,\"reached_100_at\":null"));
    ck_assert_ptr_null(strstr(text, "_at\":\"2026-03-15T15:00:00"));
    bulletin_release(bulletin);
}

SUITE("shelf");
