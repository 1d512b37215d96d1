/* The public documents of a small nation, to the byte where their shape is a promise, through jansson elsewhere. */
#include <turnout/wire/documents.h>

#include <stdio.h>
#include <string.h>

#include <check.h>
#include <jansson.h>

#include "hidden_area.h"
#include "nation_of_two.h"
#include "suite.h"

#define ENVELOPE                                                                                             \
    "{\"election\":{\"id\":\"vn-2026\",\"name\":\"Bầu cử \\\"2026\\\"\",\"date\":\"2026-03-15\","        \
    "\"opens\":\"2026-03-15T07:00:00+07:00\",\"closes\":\"2026-03-16T21:00:00+07:00\","                      \
    "\"timezone\":\"Asia/"                                                                                   \
    "Ho_Chi_Minh\"},\"status\":\"unofficial-partial\",\"test\":true,\"durability\":\"strict\","              \
    "\"publication\":\"live\",\"signing_key\":null,"                                                         \
    "\"revision\":5,\"as_of\":\"2026-03-15T15:00:00+07:00\",\"generated_at\":\"2026-03-15T15:00:03+07:00\","
#define VN_MEMBERS                                                                                           \
    "\"name\":\"Việt Nam\",\"name_en\":\"Viet Nam\",\"registered\":1150,\"voted\":150,\"remaining\":1000," \
    "\"percent\":13.04,\"units\":3,\"units_reported\":2,\"units_final\":1,\"units_complete\":2,"             \
    "\"communes\":3,"                                                                                        \
    "\"communes_complete\":1,\"registered_reported\":150,\"percent_of_reported\":100,\"percent_low\":13.04," \
    "\"percent_high\":100,\"held\":1,\"as_of\":\"2026-03-15T15:00:00+07:00\",\"verified\":true"
#define CENTRAL_MEMBERS                                                                                      \
    "\"name\":\"Miền "                                                                                     \
    "Trung\",\"name_en\":null,\"registered\":150,\"voted\":150,\"remaining\":0,\"percent\":100,"             \
    "\"units\":2,\"units_reported\":2,\"units_final\":1,\"units_complete\":2,\"communes\":2,\"communes_"     \
    "complete\":1,"                                                                                          \
    "\"registered_reported\":150,\"percent_of_reported\":100,\"percent_low\":100,\"percent_high\":100,"      \
    "\"held\":1,"                                                                                            \
    "\"as_of\":\"2026-03-15T15:00:00+07:00\",\"verified\":true"
#define SOUTHERN_MEMBERS                                                                                       \
    "\"name\":\"Huế\",\"name_en\":\"Hue\",\"registered\":1000,\"voted\":0,\"remaining\":1000,\"percent\":0," \
    "\"units\":1,\"units_reported\":0,\"units_final\":0,\"units_complete\":0,\"communes\":1,\"communes_"       \
    "complete\":0,"                                                                                            \
    "\"registered_reported\":0,\"percent_of_reported\":null,\"percent_low\":0,\"percent_high\":100,"           \
    "\"held\":0,"                                                                                              \
    "\"as_of\":null,\"verified\":true"
#define EMPTY_MEMBERS                                                                                        \
    "\"name\":\"=Xã "                                                                                       \
    "\\\"hai\\\"\",\"name_en\":null,\"registered\":0,\"voted\":0,\"remaining\":0,\"percent\":null,"          \
    "\"units\":0,\"units_reported\":0,\"units_final\":0,\"units_complete\":0,\"communes\":1,\"communes_"     \
    "complete\":0,"                                                                                          \
    "\"registered_reported\":0,\"percent_of_reported\":null,\"percent_low\":null,\"percent_high\":null,"     \
    "\"held\":0,"                                                                                            \
    "\"as_of\":null,\"verified\":true"

#define NOTHING_REACHED                                                                                      \
    ",\"first_report_at\":null,\"reached_50_at\":null,\"reached_90_at\":null,\"reached_100_at\":null}"
#define ALL_REACHED                                                                                          \
    ",\"first_report_at\":\"2026-03-15T08:00:00+07:00\",\"reached_50_at\":\"2026-03-15T08:00:01+07:00\","    \
    "\"reached_90_at\":\"2026-03-15T08:00:02+07:00\",\"reached_100_at\":\"2026-03-15T08:00:03+07:00\"}"

FIXTURE(set_up, tear_down);

/* Every mark of an area, a second after the one before it, the first `hours` after opening. */
static void reach_all(size_t area, int hours)
{
    for (int mark = 0; mark < MARK_COUNT; mark++) {
        counted[area].milestones[mark] = (struct milestone){
            .told_ms = 1773561600000, .is_reached = true, .as_of = 1773532800 + hours * 3600 + mark};
    }
}

TEST(turnout_is_the_nation_and_its_provinces)
{
    reach_all(CENTRAL, 1);
    document_turnout_json(&out, &figures);
    ck_assert_str_eq(out.bytes, ENVELOPE
                     "\"nation\":{\"code\":\"VN\",\"level\":\"nation\"," VN_MEMBERS NOTHING_REACHED
                     ",\"provinces\":[{\"code\":\"15\",\"level\":\"province\"," CENTRAL_MEMBERS ALL_REACHED
                     ",{\"code\":\"46\",\"level\":\"province\"," SOUTHERN_MEMBERS NOTHING_REACHED
                     "],\"whole\":true,\"next\":\"5.0a1b2c3d\"}");
}

TEST(changes_are_the_nation_and_the_provinces_that_moved)
{
    static const struct {
        bool central, southern;
        const char *end;
    } cases[] = {
        {false, false, "\"provinces\":[],\"whole\":false,\"next\":\"5.0a1b2c3d\"}"},
        {true, false, CENTRAL_MEMBERS NOTHING_REACHED "],\"whole\":false,\"next\":\"5.0a1b2c3d\"}"},
        {true, true, SOUTHERN_MEMBERS NOTHING_REACHED "],\"whole\":true,\"next\":\"5.0a1b2c3d\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const bool moved[AREA_COUNT] = {[CENTRAL] = cases[i].central, [SOUTHERN] = cases[i].southern};
        buffer_clear(&out);
        document_changes_json(&out, &figures, moved);
        ck_assert_ptr_eq(strstr(out.bytes, ENVELOPE "\"nation\":{\"code\":\"VN\","), out.bytes);
        ck_assert_str_eq(out.bytes + out.length - strlen(cases[i].end), cases[i].end);
    }
}

TEST(a_document_of_no_run_has_no_next)
{
    static const char end[] = "\"whole\":true,\"next\":null}";
    figures.run = NULL;
    document_turnout_json(&out, &figures);
    ck_assert_str_eq(out.bytes + out.length - strlen(end), end);
}

static json_t *rendered(void)
{
    json_error_t fault;
    json_t *document = json_loadb(out.bytes, out.length, JSON_REJECT_DUPLICATES, &fault);
    ck_assert_msg(document != NULL, "%s", fault.text);
    return document;
}

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

TEST(an_area_comes_with_its_children)
{
    document_area_json(&out, &figures, CENTRAL);
    ck_assert_ptr_eq(strstr(out.bytes, ENVELOPE "\"area\":{\"code\":\"15\","), out.bytes);
    ck_assert_ptr_nonnull(strstr(out.bytes, ",\"children\":[{\"code\":\"19753\",\"level\":\"commune\","));
    ck_assert_ptr_nonnull(
        strstr(out.bytes, "{\"code\":\"20333\",\"level\":\"commune\"," EMPTY_MEMBERS NOTHING_REACHED "]}"));
}

TEST(units_are_not_public)
{
    document_area_json(&out, &figures, FULL);
    json_t *document = rendered();
    ck_assert_str_eq(text_at(json_object_get(document, "area"), "code"), "19753");
    ck_assert_int_eq(
        json_integer_value(json_object_get(json_object_get(document, "area"), "communes_complete")), 1);
    ck_assert(json_is_array(json_object_get(document, "children")));
    ck_assert_uint_eq(json_array_size(json_object_get(document, "children")), 0);
    json_decref(document);
}

TEST(the_snapshot_is_flat_with_parents_first)
{
    document_snapshot_json(&out, &figures);
    ck_assert_ptr_nonnull(strstr(
        out.bytes, ENVELOPE "\"areas\":[{\"code\":\"VN\",\"level\":\"nation\",\"parent\":null," VN_MEMBERS
                            "},{\"code\":\"15\",\"level\":\"province\",\"parent\":\"VN\"," CENTRAL_MEMBERS));
    static const char *const parents[AREA_COUNT] = {NULL, "VN", "VN", "15", "15", "46"};
    json_t *document = rendered();
    const json_t *flat = json_object_get(document, "areas");
    ck_assert_uint_eq(json_array_size(flat), AREA_COUNT);
    for (size_t i = 0; i < AREA_COUNT; i++) {
        const json_t *area = json_array_get(flat, i);
        ck_assert_str_eq(text_at(area, "code"), areas[i].code);
        ck_assert_pstr_eq(text_at(area, "parent"), parents[i]);
    }
    json_decref(document);
}

TEST(a_selection_has_the_fields_and_areas_asked_for)
{
    struct selection selection = {0};
    struct error error;
    ck_assert_int_eq(selection_read_fields("percent,voted,parent,as_of", &selection, &error), TURNOUT_OK);
    ck_assert_int_eq(selection_read_levels("province,nation", &selection, &error), TURNOUT_OK);
    document_selection_json(&out, &figures, &selection);
    ck_assert_str_eq(
        out.bytes,
        ENVELOPE "\"areas\":[{\"code\":\"VN\",\"parent\":null,\"voted\":150,\"percent\":13.04,"
                 "\"as_of\":\"2026-03-15T15:00:00+07:00\"},{\"code\":\"15\",\"parent\":\"VN\",\"voted\":150,"
                 "\"percent\":100,\"as_of\":\"2026-03-15T15:00:00+07:00\"},"
                 "{\"code\":\"46\",\"parent\":\"VN\",\"voted\":0,\"percent\":0,\"as_of\":null}]}");
}

TEST(what_is_not_verified_is_not_shown)
{
    counted[VN].verified = counted[CENTRAL].verified = false;
    counted[CENTRAL].totals.voted = -7; /* must not even be computed with */
    document_turnout_json(&out, &figures);
    json_t *document = rendered();
    const json_t *unverified[] = {json_object_get(document, "nation"),
                                  json_array_get(json_object_get(document, "provinces"), 0)};
    for (size_t i = 0; i < 2; i++) {
        hidden_area_check(unverified[i]);
        ck_assert(json_is_false(json_object_get(unverified[i], "verified")));
    }
    ck_assert_int_eq(json_integer_value(json_object_get(unverified[0], "units")), 3);
    ck_assert_int_eq(json_integer_value(json_object_get(unverified[0], "communes")), 3);
    ck_assert(json_is_null(json_object_get(document, "as_of")));
    ck_assert_int_eq(json_integer_value(json_object_get(document, "revision")), 5);
    const json_t *verified = json_array_get(json_object_get(document, "provinces"), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(verified, "registered")), 1000);
    json_decref(document);

    buffer_clear(&out);
    document_snapshot_csv(&out, &figures, ',', false);
    ck_assert_ptr_nonnull(strstr(out.bytes, "\r\n15,province,VN,Miền Trung,,,,,2,,,5,true\r\n"));
}

TEST(what_is_withheld_is_not_shown_and_not_called_wrong)
{
    for (size_t i = 0; i < AREA_COUNT; i++) {
        counted[i] = (struct area_figures){.verified = true, .withheld = true};
    }
    figures.publication = "hold";
    document_turnout_json(&out, &figures);
    json_t *document = rendered();
    const json_t *nation = json_object_get(document, "nation");
    hidden_area_check(nation);
    ck_assert(json_is_true(json_object_get(nation, "verified")));
    hidden_area_check(json_array_get(json_object_get(document, "provinces"), 1));
    ck_assert_str_eq(text_at(document, "publication"), "hold");
    ck_assert_str_eq(text_at(document, "status"), "unofficial-partial");
    ck_assert(json_is_null(json_object_get(document, "as_of")));
    json_decref(document);

    buffer_clear(&out);
    document_snapshot_csv(&out, &figures, ',', false);
    ck_assert_msg(strstr(out.bytes, "\r\n15,province,VN,Miền Trung,,,,,2,,,0,true\r\n") != NULL, "%s",
                  out.bytes);
}

/* A count may be of a moment that this server's clock has not reached. */
TEST(no_document_is_older_than_what_it_says)
{
    counted[VN].totals.as_of = figures.generated_at + 57;
    document_turnout_json(&out, &figures);
    json_t *document = rendered();
    ck_assert_str_eq(text_at(document, "generated_at"), "2026-03-15T15:01:00+07:00");
    ck_assert_str_eq(text_at(document, "as_of"), "2026-03-15T15:01:00+07:00");
    json_decref(document);
}

TEST(corrections_are_told_without_names)
{
    static const struct ledger_entry entries[] = {
        {.when_ms = 1773561600999, .kind = LEDGER_PHASE, .before = "open", .after = "closed"},
        {.when_ms = 1773561599000,
         .kind = LEDGER_CORRECTION,
         .unit_code = "15.1-001",
         .area_code = "19753",
         .seq = 7,
         .before = "0100",
         .after = "90",
         .reason = "mis\"count"},
    };
    document_corrections_json(&out, &figures, &(struct corrections){entries, 2, 9, "1773561599000.1"});
    ck_assert_str_eq(
        out.bytes, ENVELOPE
        "\"corrections\":[{\"when\":\"2026-03-15T15:00:00+07:00\",\"kind\":\"phase\",\"area\":\"VN\","
        "\"unit\":null,\"seq\":null,\"before\":\"open\",\"after\":\"closed\",\"reason\":null},"
        "{\"when\":\"2026-03-15T14:59:59+07:00\",\"kind\":\"correction\",\"area\":\"19753\","
        "\"unit\":\"15.1-001\",\"seq\":7,\"before\":100,\"after\":90,\"reason\":\"mis\\\"count\"}],\"total\":"
        "9,\"next\":\"1773561599000.1\"}");
    buffer_clear(&out);
    document_corrections_json(&out, &figures, &(struct corrections){0});
    ck_assert_str_eq(out.bytes, ENVELOPE "\"corrections\":[],\"total\":0,\"next\":null}");
}

TEST(the_index_names_documents_and_what_they_count)
{
    static const struct document_listing listings[] = {
        {"/v1/areas/{code}", "an area", "application/json", "area.schema.json", "figures"},
        {"/v1/snapshot.csv{?sep}", "a table", "text/csv", NULL, "never"},
    };
    struct election with_words = election;
    (void)snprintf(with_words.counted, sizeof with_words.counted, "cử tri \"đã\" bỏ phiếu");
    (void)snprintf(with_words.licence, sizeof with_words.licence, "CC BY 4.0");
    figures.election = &with_words;
    document_index_json(&out, &figures, listings, 2);
    ck_assert_str_eq(
        out.bytes, ENVELOPE
        "\"counted\":\"cử tri \\\"đã\\\" bỏ phiếu\",\"how_counted\":null,\"licence\":\"CC BY 4.0\","
        "\"documents\":[{\"path\":\"/v1/areas/{code}\",\"what\":\"an area\","
        "\"media_type\":\"application/json\",\"schema\":\"area.schema.json\",\"changes\":\"figures\"},"
        "{\"path\":\"/v1/snapshot.csv{?sep}\",\"what\":\"a table\",\"media_type\":\"text/csv\","
        "\"schema\":null,\"changes\":\"never\"}]}");
}

TEST(complete_once_every_unit_has_closed)
{
    static const struct {
        int64_t units_final;
        bool verified;
        const char *status;
    } cases[] = {{0, true, "unofficial-partial"},
                 {2, true, "unofficial-partial"},
                 {3, true, "unofficial-complete"},
                 {3, false, "unofficial-partial"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        counted[VN].totals.units_final = cases[i].units_final;
        counted[VN].verified = cases[i].verified;
        buffer_clear(&out);
        document_turnout_json(&out, &figures);
        json_t *document = rendered();
        ck_assert_str_eq(text_at(document, "status"), cases[i].status);
        json_decref(document);
    }
}

TEST(a_nation_without_units_is_never_complete)
{
    areas[VN].units = 0;
    counted[VN].totals = (struct totals){0};
    figures.test = false;
    figures.durability = "relaxed";
    document_turnout_json(&out, &figures);
    json_t *document = rendered();
    ck_assert_str_eq(text_at(document, "status"), "unofficial-partial");
    ck_assert(json_is_false(json_object_get(document, "test")));
    ck_assert_str_eq(text_at(document, "durability"), "relaxed");
    ck_assert(json_is_null(json_object_get(document, "as_of")));
    ck_assert(json_is_null(json_object_get(json_object_get(document, "nation"), "percent")));
    json_decref(document);
}

TEST(silent_units_widen_the_range)
{
    counted[SOUTHERN].totals = (struct totals){.voted = 300,
                                               .registered = 1000,
                                               .units_reported = 1,
                                               .registered_reported = 400,
                                               .as_of = 1773561600};
    document_area_json(&out, &figures, SOUTHERN);
    ck_assert_ptr_nonnull(strstr(out.bytes, "\"percent\":30,"));
    ck_assert_ptr_nonnull(
        strstr(out.bytes, "\"percent_of_reported\":75,\"percent_low\":30,\"percent_high\":90,"));
}

TEST(problems_say_what_they_know)
{
    struct problem problem = {.status = 422,
                              .code = "count-decreased",
                              .title = "Fewer have voted",
                              .detail = "812 \"now\"",
                              .field = "voted"};
    document_problem_json(&out, &problem);
    ck_assert_str_eq(
        out.bytes,
        "{\"type\":\"urn:turnout:problem:count-decreased\",\"status\":422,\"title\":\"Fewer have voted\","
        "\"detail\":\"812 \\\"now\\\"\",\"code\":\"count-decreased\",\"field\":\"voted\"}");
    buffer_clear(&out);
    problem = (struct problem){.status = 409,
                               .code = "seq-behind",
                               .title = "Seq behind",
                               .detail = "",
                               .field = "seq",
                               .next_seq = 13,
                               .test = true};
    document_problem_json(&out, &problem);
    ck_assert_str_eq(out.bytes,
                     "{\"type\":\"urn:turnout:problem:seq-behind\",\"status\":409,\"title\":\"Seq behind\","
                     "\"code\":\"seq-behind\",\"field\":\"seq\",\"next_seq\":13,\"test\":true}");
    buffer_clear(&out);
    problem =
        (struct problem){.status = 404, .code = "not-found", .title = "Not found", .detail = "", .field = ""};
    document_problem_json(&out, &problem);
    ck_assert_str_eq(out.bytes,
                     "{\"type\":\"urn:turnout:problem:not-found\",\"status\":404,\"title\":\"Not found\","
                     "\"code\":\"not-found\"}");
}

SUITE("documents");
