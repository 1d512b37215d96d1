/* Selections are made once, and not too many of them. */
#include "../../src/service/selections.h"

#include <check.h>
#include <string.h>

#include "suite.h"

enum { NATION, PROVINCE, COMMUNE, AREAS };

static const struct election election = {
    .id = "small", .name = "S", .date = "2026-03-15", .timezone = "Etc/UTC"};
static struct area areas[AREAS] = {
    [NATION] = {"T", "T", "", AREA_NATION, REGISTER_NONE, PROVINCE, 1, 1, 1, 100},
    [PROVINCE] = {"1", "One", "", AREA_PROVINCE, NATION, COMMUNE, 1, 1, 1, 100},
    [COMMUNE] = {"11", "Two", "", AREA_COMMUNE, PROVINCE, 0, 1, 1, 1, 100},
};
static const struct election_register reg = {
    .areas = areas, .area_count = AREAS, .province_count = 1, .unit_count = 1};
static const struct area_figures counted[AREAS] = {
    [NATION] = {.verified = true, .totals = {.voted = 7, .registered = 100, .revision = 3}},
    [PROVINCE] = {.verified = true, .totals = {.voted = 7, .registered = 100, .revision = 3}},
    [COMMUNE] = {.verified = true, .totals = {.voted = 7, .registered = 100, .revision = 3}},
};
static const struct figures figures = {
    .election = &election, .reg = &reg, .areas = counted, .durability = "strict", .publication = "live"};
static struct selections selections;

static void forget(void)
{
    selections_done(&selections);
}

static struct selection_wanted wanted(const char *fields, const char *levels, char separator)
{
    struct selection_wanted wanted = {.separator = separator};
    struct error error;
    if (fields != NULL) {
        ck_assert_int_eq(selection_read_fields(fields, &wanted.selection, &error), TURNOUT_OK);
    }
    if (levels != NULL) {
        ck_assert_int_eq(selection_read_levels(levels, &wanted.selection, &error), TURNOUT_OK);
    }
    return wanted;
}

static const char *text_of(const struct document *document)
{
    return document->forms[HTTP_CODING_IDENTITY].bytes;
}

FIXTURE(NULL, forget);

TEST(the_same_is_made_once)
{
    struct document *own;
    struct selection_wanted json = wanted("voted", NULL, '\0');
    struct selection_wanted table = wanted("voted", NULL, ';');
    const struct document *first = selections_find(&selections, &figures, &json, &own);
    ck_assert_ptr_null(own);
    ck_assert_ptr_eq(selections_find(&selections, &figures, &json, &own), first);
    ck_assert_ptr_nonnull(strstr(text_of(first), "\"areas\":[{\"code\":\"T\",\"voted\":7},{\"code\":\"1\""));
    const struct document *other = selections_find(&selections, &figures, &table, &own);
    ck_assert_ptr_ne(other, first);
    ck_assert_str_eq(text_of(other), "code;voted;test\r\nT;7;false\r\n1;7;false\r\n11;7;false\r\n");
    table.bom = true;
    ck_assert_ptr_ne(selections_find(&selections, &figures, &table, &own), other);
}

/* Who asks for ever others stops nobody who asks for the usual ones, nor for a few areas. */
TEST(only_so_many_are_made)
{
    static const char separators[] = {'\0', ',', ';', '\t'};
    static const char *const fields[] = {"voted", "percent", "held", "name", "units"};
    struct document *own;
    size_t made = 0;
    for (int f = 0; f < COUNT(fields); f++) {
        for (int s = 0; s < COUNT(separators); s++) {
            struct selection_wanted large = wanted(fields[f], "commune", separators[s]);
            const struct document *document = selections_find(&selections, &figures, &large, &own);
            ck_assert(document == NULL || own == NULL);
            made += document != NULL;
        }
    }
    ck_assert_uint_eq(made, SELECTIONS_MAX);
    struct selection_wanted known = wanted("voted", "commune", '\0');
    ck_assert_ptr_nonnull(selections_find(&selections, &figures, &known, &own));
    struct selection_wanted small = wanted("units", "nation,province", ',');
    const struct document *document = selections_find(&selections, &figures, &small, &own);
    ck_assert_ptr_eq(document, own);
    ck_assert_str_eq(text_of(document), "code,units,test\r\nT,1,false\r\n1,1,false\r\n");
    document_free(own);
}

SUITE("selections");
