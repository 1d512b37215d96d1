/* A register that changes while the election is open: noticed, named, taken up by its fingerprint, while units
 * report. */
#include <check.h>

#include <turnout/wire/read_signature.h>

#include "changed_register.h"
#include "command.h"
#include "signed_reports.h"
#include "suite.h"

FIXTURE(set_up, tear_down);
TIMEOUT(60);

TEST(a_unit_is_added_while_the_polls_are_open)
{
    report(&first, "0101-001", 1, 300, 201);
    report(&first, "0101-009", 1, 40, 404);
    add_unit("election");
    wait_named(&first, "unit 0101-009 is added to commune 0101 with 40 registered");
    report(&first, "0101-009", 1, 40, 404);
    expect_figures(&first, "T", 10, 6150, 300);
    take_up_files(&first);
    expect_figures(&first, "T", 11, 6190, 300);
    expect_figures(&first, "0101", 4, 1790, 300);
    report(&first, "0101-009", 1, 40, 201);
    report(&first, "0101-001", 2, 301, 201);
    report(&first, "0102-001", 1, 7, 201); /* behind it in the file */
    small_wait_voted(first.public_port, 348);
    wait_named(&first, "");
    expect_correction("unit-added", "0101", "0101-009");
    restart();
    expect_figures(&first, "T", 11, 6190, 348);
    report(&first, "0101-009", 1, 40, 200);
    report(&first, "0101-009", 2, 40, 201);
}

/* Each: what is replaced in units.csv, and what becomes of it. */
static const struct {
    const char *from, *to;
    const char *named;
    const char *kind, *area, *unit; /* in the ledger */
    int64_t units, registered;      /* of the nation */
    int64_t units_0101, registered_0101;
} changes[] = {
    {"0101-002,0101,Khu vực 2,500", "0101-002,0101,Khu vực 2,550",
     "unit 0101-002 has 550 registered instead of 500", "roll-mended", "0101", "0101-002", 10, 6200, 3, 1800},
    {"0101-002,0101,Khu vực 2,500", "0101-002,0101,Trường học,500", "unit 0101-002 is called \"Trường học\"",
     "unit-renamed", "0101", "0101-002", 10, 6150, 3, 1750},
    {"0101-002,0101", "0101-002,0202", "unit 0101-002 moves from commune 0101 to commune 0202", "unit-moved",
     "0202", "0101-002", 10, 6150, 2, 1250},
    {"0101-002,0101,Khu vực 2,500\n", "", "unit 0101-002 of commune 0101, 500 registered, is withdrawn",
     "unit-withdrawn", "0101", "0101-002", 9, 5650, 2, 1250},
};

LOOP_TEST(a_silent_unit_changes, COUNT(changes))
{
    report(&first, "0101-001", 1, 300, 201);
    report(&first, "0201-004", 1, 30, 201);
    replace("election", "units.csv", changes[_i].from, changes[_i].to);
    wait_named(&first, changes[_i].named);
    take_up_files(&first);
    expect_figures(&first, "T", changes[_i].units, changes[_i].registered, 330);
    expect_figures(&first, "0101", changes[_i].units_0101, changes[_i].registered_0101, 300);
    expect_correction(changes[_i].kind, changes[_i].area, changes[_i].unit);
    report(&first, "0201-004", 2, 31, 201);
    bool is_withdrawn = strcmp(changes[_i].kind, "unit-withdrawn") == 0;
    report(&first, "0101-002", 1, 5, is_withdrawn ? 404 : 201);
    small_wait_voted(first.public_port, is_withdrawn ? 331 : 336);
    restart();
    expect_figures(&first, "T", changes[_i].units, changes[_i].registered, is_withdrawn ? 331 : 336);
}

/* All kinds of changes between two bulletins: both are recomputed, each by the register of its time. */
TEST(an_export_of_a_changed_register_is_sound)
{
    char data[WORKSPACE_PATH_BYTES];
    char election[WORKSPACE_PATH_BYTES];
    char export[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data", data);
    workspace_path(&workspace, "election", election);
    workspace_path(&workspace, "export", export);
    report(&first, "0101-001", 1, 300, 201);
    report(&first, "0101-002", 1, 100, 201);
    committee_expect(first.intake_http_port, "/v1/bulletins", admin, "{\"label\":\"1\"}", 201);
    committee_expect(first.intake_http_port, "/v1/units/0101-002/void", admin, "{\"reason\":\"moved\"}", 200);
    replace("election", "areas.csv", "0201,commune", "0203,commune,02,Xã Mới,New\n0201,commune");
    replace("election", "units.csv", "0201-001,", "0203-001,0203,Khu vực 1,10\n0201-001,");
    replace("election", "units.csv", "0101-002,0101", "0101-002,0202");
    replace("election", "units.csv", "0101-003,0101,Khu vực 3,250\n", "");
    replace("election", "units.csv", "0102-001,0102,Khu vực 1,800", "0102-001,0102,Khu vực 1,810");
    wait_named(&first, "commune 0203 is added to 02");
    take_up_files(&first);
    report(&first, "0101-002", 1, 90, 201);
    report(&first, "0203-001", 1, 10, 201);
    report(&first, "0102-001", 1, 805, 201);
    committee_expect(first.intake_http_port, "/v1/bulletins", admin, "{\"label\":\"2\"}", 201);
    command_check(&workspace, 0, "2 bulletins", NULL, "export", export, "--election", election, "--data",
                  data, NULL);
    command_check(&workspace, 0, "bulletin 1 (1): 400 of 6150, recomputed", NULL, "verify", export, NULL);
    command_check(&workspace, 0, "bulletin 2 (2): 1205 of 5920, recomputed", NULL, "verify", export, NULL);
    command_check(&workspace, 0, "small: sound", NULL, "audit", "--election", election, "--data", data, NULL);
}

TEST(a_commune_is_added_and_one_is_renamed)
{
    replace("election", "areas.csv", "0201,commune", "0203,commune,02,Xã Mới,New\n0201,commune");
    replace("election", "areas.csv", "Xã Một", "Xã 1");
    replace("election", "units.csv", "0201-001,", "0203-001,0203,Khu vực 1,10\n0201-001,");
    wait_named(&first, "commune 0203 is added to 02");
    take_up_files(&first);
    expect_figures(&first, "0203", 1, 10, 0);
    expect_figures(&first, "02", 5, 3609, 0);
    report(&first, "0203-001", 1, 10, 201);
    small_wait_voted(first.public_port, 10);
    json_t *document = json_get(first.public_port, "/v1/areas/0101", 200);
    ck_assert_str_eq(json_text_of(json_object_of(document, "area"), "name"), "Xã 1");
    json_decref(document);
}

TEST(a_unit_that_was_voided_can_be_withdrawn)
{
    report(&first, "0101-002", 1, 300, 201);
    report(&first, "0101-001", 1, 20, 201);
    replace("election", "units.csv", "0101-002,0101,Khu vực 2,500\n", "");
    wait_named(&first, "0101-002");
    expect_refused("a committee voids it first");
    committee_expect(first.intake_http_port, "/v1/units/0101-002/void", admin, "{\"reason\":\"closed\"}",
                     200);
    small_wait_voted(first.public_port, 20);
    take_up_files(&first);
    expect_figures(&first, "T", 9, 5650, 20);
    report(&first, "0101-002", 2, 300, 404);
    restart();
    expect_figures(&first, "T", 9, 5650, 20);
}

/* Its row and its key are added together. */
TEST(a_new_units_key_does_not_stand_in_the_way)
{
    static const struct key_row rows[] = {{"new", "0101-009", "", "", ""}};
    add_unit("election");
    key_rows_write(&workspace, rows, 1);
    wait_named(&first, "0101-009");
    readyz_expect_ready(&first);
    struct report signed_one = signed_report_of(1, 40);
    char code[CODE_TEXT_BYTES];
    ck_assert(slice_copy(slice_of("0101-009"), signed_one.unit, sizeof signed_one.unit));
    signed_one.test = false;
    signed_report_sign(&signed_one, "new", "new");
    ck_assert_int_eq(signed_report_post(first.intake_http_port, &signed_one, code), 404);
    ck_assert_str_eq(code, "unknown-unit");
    take_up_files(&first);
    int status;
    do {
        status = signed_report_post(first.intake_http_port, &signed_one, code);
    } while (status == 503);
    ck_assert_msg(status == 201, "%d %s", status, code);
}

/* Asks as the unit 0101-001, by its own key. Returns the status. */
static int ask_as_unit(const char *target)
{
    struct read_signature signature = {.key = "own", .time = clock_wall_ms() / 1000};
    unsigned char seed[SIGNING_SEED_BYTES];
    char header[512];
    struct http_answer answer;
    signing_seed_of(signature.key, seed);
    read_signature_sign(&signature, "small", "0101-001", seed);
    (void)snprintf(header, sizeof header, "Authorization: Signature %s.%lld.%s\r\n", signature.key,
                   (long long)signature.time, signature.sig);
    committee_ask(first.intake_http_port, target, header, NULL, &answer);
    int status = answer.status;
    http_answer_done(&answer);
    return status;
}

/* The keys are those of the files, in which units stand elsewhere than in the register in force, or beyond its end.
 * Afterwards there are more units than the server began with. */
TEST(a_unit_is_known_by_its_key_while_the_files_wait)
{
    static const char target[] = "/v1/bulletins/1/areas/0101.csv";
    static const struct key_row rows[] = {{"own", "0101-001", "", "", ""}};
    enum { ADDED = 40 };
    struct buffer units = {0};
    for (int i = 0; i < ADDED; i++) {
        buffer_printf(&units, "0101-9%02d,0101,Khu vực,40\n", i);
    }
    buffer_append_text(&units, "0101-001,");
    committee_expect(first.intake_http_port, "/v1/bulletins", admin, "{\"label\":\"11:30\"}", 201);
    replace("election", "units.csv", "0101-001,", units.bytes);
    buffer_done(&units);
    wait_named(&first, "unit 0101-900 is added");
    ck_assert_int_eq(ask_as_unit(target), 401);
    key_rows_write(&workspace, rows, 1);
    int status;
    do {
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
        status = ask_as_unit(target);
    } while (status == 401);
    ck_assert_int_eq(status, 200);
    ck_assert_int_eq(ask_as_unit("/v1/bulletins/1/areas/0102.csv"), 401);
    take_up_files(&first);
    ck_assert_int_eq(ask_as_unit(target), 200);
}

/* What the public was shown stands, in the register that it was of. */
TEST(what_is_held_back_stands)
{
    report(&first, "0101-001", 1, 300, 201);
    small_wait_voted(first.public_port, 300);
    committee_expect(first.intake_http_port, "/v1/publication", admin, "{\"mode\":\"hold\"}", 200);
    add_unit("election");
    wait_named(&first, "0101-009");
    take_up_files(&first);
    report(&first, "0101-009", 1, 40, 201);
    expect_correction("unit-added", "0101", "0101-009");
    expect_figures(&first, "T", 10, 6150, 300);
    committee_expect(first.intake_http_port, "/v1/publication", admin, "{\"mode\":\"live\"}", 200);
    small_wait_voted(first.public_port, 340);
    expect_figures(&first, "T", 11, 6190, 340);
}

/* ---- refusals ---- */

static const struct {
    const char *file;
    const char *from, *to;
    const char *refused;
} refusals[] = {
    {"units.csv", "0101-001,0101,Khu vực 1,1000\n", "", "voids it first"},
    {"units.csv", "0101-001,0101", "0101-001,0102", "voids it first"},
    {"units.csv", "0101-001,0101,Khu vực 1,1000", "0101-001,0101,Khu vực 1,1001",
     "by a report with `registered`"},
    {"areas.csv", "0202,commune,02,Xã Trống,Empty Commune\n", "", "an area stays"},
    {"areas.csv", "0202,commune,02", "0202,commune,01", "put its parent back"},
    {"areas.csv", "0202,commune,02", "03,province,T,Miền Bắc,North\n0202,commune,02", "cannot be added"},
    {"election.ini", "as-of-tolerance-s = 120", "as-of-tolerance-s = 121", "as-of-tolerance-s"},
};

LOOP_TEST(what_cannot_be_taken_up_is_refused_by_row, COUNT(refusals))
{
    report(&first, "0101-001", 1, 300, 201);
    add_unit("election");
    replace("election", refusals[_i].file, refusals[_i].from, refusals[_i].to);
    wait_named(&first, "0101-009");
    json_t *document = look(&first);
    ck_assert_int_eq(json_integer_of(document, "changes"), 2);
    ck_assert_int_eq(json_integer_of(document, "refused"), 1);
    json_decref(document);
    expect_refused(refusals[_i].refused);
    report(&first, "0101-009", 1, 40, 404);
    report(&first, "0101-001", 2, 301, 201);
    replace("election", refusals[_i].file, refusals[_i].to[0] == '\0' ? "\n" : refusals[_i].to,
            refusals[_i].to[0] == '\0' ? "\n" : refusals[_i].from);
}

TEST(another_fingerprint_is_refused)
{
    char fingerprint[FINGERPRINT_BYTES];
    get_fingerprint(&first, "fingerprint", fingerprint);
    json_t *answer = take_up(&first, fingerprint, 200); /* it is in force */
    ck_assert(json_is_false(json_object_get(answer, "changed")));
    json_decref(answer);
    add_unit("election");
    wait_named(&first, "0101-009");
    answer = take_up(&first, fingerprint, 409);
    ck_assert_str_eq(json_text_of(answer, "code"), "another-fingerprint");
    json_decref(answer);
    committee_expect(first.intake_http_port, "/v1/register", admin, "{\"fingerprint\":\"7K4Q-9M2D\"}", 400);
}

TEST(a_faulty_file_changes_nothing)
{
    replace("election", "units.csv", "0101-002,0101", "0101-002,0109");
    wait_named(&first, "one of areas.csv, units.csv and election.ini is faulty");
    report(&first, "0101-002", 1, 5, 201);
    replace("election", "units.csv", "0101-002,0109", "0101-002,0101");
    wait_named(&first, "");
}

SUITE("register");
