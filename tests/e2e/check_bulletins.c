/* Bulletins over one and two servers: what they say, that they are the same bytes from everywhere and for ever, who may
 * read them, and that nothing of what is held back shows. */
#include <check.h>
#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>
#include <turnout/wire/bulletin_files.h>
#include <turnout/wire/read_signature.h>

#include "committee.h"
#include "http.h"
#include "signed_reports.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { ASK_AGAIN_MS = 10 };

static struct workspace workspace;
static struct turnoutd first; /* runs the Redis */
static struct turnoutd second;

static void setup(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    workspace_init(&workspace);
    turnoutd_start(&first, &workspace, NULL);
}

static void teardown(void)
{
    turnoutd_stop(&first);
    workspace_done(&workspace);
}

static void report(const char *unit, int seq, int voted, const char *more)
{
    small_report_expect(first.intake_http_port,
                        &(struct small_report){.unit = unit, .seq = seq, .voted = voted, .more = more}, 201);
}

static void ask(const char *target, const char *body, int status)
{
    char header[TOKEN_HEADER_BYTES];
    token_header(&workspace, ROLE_ADMIN, "T", header);
    committee_expect(first.intake_http_port, target, header, body, status);
}

/* Freezes one and returns its number. */
static int64_t freeze_at(const struct turnoutd *turnoutd, const char *label)
{
    char header[TOKEN_HEADER_BYTES];
    char body[64];
    struct http_answer answer;
    token_header(&workspace, ROLE_ADMIN, "T", header);
    (void)snprintf(body, sizeof body, "{\"label\":\"%s\"}", label);
    committee_ask(turnoutd->intake_http_port, "/v1/bulletins", header, body, &answer);
    ck_assert_msg(answer.status == 201, "%d %s", answer.status, answer.body);
    json_t *document = json_of(answer.body);
    int64_t number = json_integer_of(document, "bulletin");
    json_decref(document);
    http_answer_done(&answer);
    return number;
}

static int64_t freeze(const char *label)
{
    return freeze_at(&first, label);
}

static const char *const files[] = {"bulletin.txt",   "bulletin.sig",   "areas/T.csv",
                                    "areas/01.csv",   "areas/02.csv",   "areas/0101.csv",
                                    "areas/0102.csv", "areas/0201.csv", "areas/0202.csv"};
enum { FILES = sizeof files / sizeof files[0] };

static void get_file(const struct turnoutd *turnoutd, int64_t number, const char *name, int status,
                     struct http_answer *ret_answer)
{
    char target[96];
    (void)snprintf(target, sizeof target, "/v1/bulletins/%lld/%s", (long long)number, name);
    http_request(turnoutd->public_port, "GET", target, "", ret_answer);
    ck_assert_msg(ret_answer->status == status, "%s: %d, not %d", target, ret_answer->status, status);
}

/* All bytes of a bulletin, one file behind the other. */
static void get_all(const struct turnoutd *turnoutd, int64_t number, struct buffer *out)
{
    for (size_t i = 0; i < FILES; i++) {
        struct http_answer answer;
        get_file(turnoutd, number, files[i], 200, &answer);
        buffer_append(out, answer.body, answer.body_bytes);
        http_answer_done(&answer);
    }
}

static void expect_same(const struct turnoutd *turnoutd, int64_t number, const struct buffer *wanted)
{
    struct buffer got = {0};
    get_all(turnoutd, number, &got);
    ck_assert_msg(got.length == wanted->length && memcmp(got.bytes, wanted->bytes, got.length) == 0,
                  "bulletin %lld is another one now", (long long)number);
    buffer_done(&got);
}

static void expect_body(const struct http_answer *answer, const char *pattern)
{
    ck_assert_msg(strstr(answer->body, pattern) != NULL, "%s is not in %s", pattern, answer->body);
}

/* Waits until the list has so many; the caller gives it back. */
static json_t *wait_for(const struct turnoutd *turnoutd, size_t count)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (;;) {
        json_t *document = json_get(turnoutd->public_port, "/v1/bulletins", 200);
        if (json_array_size(json_array_of(document, "bulletins")) == count) {
            return document;
        }
        json_decref(document);
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

FIXTURE(setup, teardown);

TEST(its_files_say_what_stands)
{
    struct http_answer answer;
    report("0101-001", 3, 640, ",\"kind\":\"final\"");
    report("0101-002", 1, 100, ",\"registered\":510");
    ck_assert_int_eq(freeze("11:30"), 1);
    get_file(&first, 1, "areas/0101.csv", 200, &answer);
    http_check_header(&answer, "Content-Type", "text/csv; charset=utf-8; header=present");
    http_check_header(&answer, "Cache-Control", "public, max-age=31536000, immutable");
    ck_assert_ptr_eq(strstr(answer.body, "code,registered,voted,seq,as_of,kind,receipt\n"), answer.body);
    expect_body(&answer, "\n0101-001,1000,640,3,2026-03-15T09:00:00+07:00,final,");
    expect_body(&answer, "\n0101-002,510,100,1,2026-03-15T09:00:00+07:00,progress,");
    expect_body(&answer, "\n0101-003,250,0,,,,\n0101,1760,740,3,2,0,-\nlog,2,");
    http_answer_done(&answer);
    get_file(&first, 1, "areas/0202.csv", 200, &answer);
    ck_assert_str_eq(answer.body, "code,registered,voted,seq,as_of,kind,receipt\n0202,0,0,0,0,0,-\n"
                                  "log,0,0000000000000000000000000000000000000000000000000000000000000000\n");
    http_answer_done(&answer);
    get_file(&first, 1, "areas/T.csv", 200, &answer);
    expect_body(&answer, "\n01,2561,740,6,2,0,");
    expect_body(&answer, "\nT,6160,740,10,2,0,-\n");
    http_answer_done(&answer);
    get_file(&first, 1, "bulletin.txt", 200, &answer);
    ck_assert_ptr_eq(strstr(answer.body, "turnout-bulletin-v1\nsmall\n1\n11:30\n20"), answer.body);
    expect_body(&answer, "+07:00\n-\nT\n");
    expect_body(&answer, "\nrehearsal\n");
    http_answer_done(&answer);
}

static const struct {
    const char *target;
    const char *code;
} absent[] = {
    {"/v1/bulletins/1/bulletin.txt", "unknown-bulletin"},
    {"/v1/bulletins/0/bulletin.txt", "unknown-bulletin"},
    {"/v1/bulletins/01/bulletin.txt", "unknown-bulletin"},
    {"/v1/bulletins/x/bulletin.sig", "unknown-bulletin"},
    {"/v1/bulletins/2/areas/T.csv", "unknown-bulletin"},
    {"/v1/bulletins//bulletin.txt", "not-found"},
    {"/v1/bulletins/1/figures", "not-found"},
    {"/v1/bulletins/1/areas/", "not-found"},
    {"/v1/bulletins/1/areas/T.csv/x", "not-found"},
};

TEST(what_is_not_there_is_said)
{
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        json_t *problem = json_get(first.public_port, absent[i].target, 404);
        ck_assert_str_eq(json_text_of(problem, "code"), absent[i].code);
        json_decref(problem);
    }
    ck_assert_int_eq(freeze("1"), 1);
    json_t *problem = json_get(first.public_port, "/v1/bulletins/1/areas/03.csv", 404);
    ck_assert_str_eq(json_text_of(problem, "code"), "unknown-bulletin");
    json_decref(problem);
}

TEST(whoever_has_it_is_told_so)
{
    struct http_answer answer;
    char etag[64], header[96];
    ck_assert_int_eq(freeze("1"), 1);
    get_file(&first, 1, "bulletin.txt", 200, &answer);
    ck_assert(http_answer_header(&answer, "ETag", etag, sizeof etag));
    http_answer_done(&answer);
    (void)snprintf(header, sizeof header, "If-None-Match: %s\r\n", etag);
    http_request(first.public_port, "GET", "/v1/bulletins/1/bulletin.txt", header, &answer);
    ck_assert_int_eq(answer.status, 304);
    http_answer_done(&answer);
}

TEST(the_list_says_what_has_changed)
{
    report("0201-004", 1, 500, NULL);
    ck_assert_int_eq(freeze("11:30"), 1);
    report("0201-004", 2, 1500, NULL);
    report("0102-002", 1, 1, NULL);
    ck_assert_int_eq(freeze("15:00"), 2);
    json_t *document = json_get(first.public_port, "/v1/bulletins", 200);
    const json_t *bulletins = json_array_of(document, "bulletins");
    ck_assert_uint_eq(json_array_size(bulletins), 2);
    const json_t *newest = json_array_get(bulletins, 0);
    const json_t *oldest = json_array_get(bulletins, 1);
    ck_assert_int_eq(json_integer_of(newest, "number"), 2);
    ck_assert_str_eq(json_text_of(newest, "round"), "15:00");
    ck_assert_str_eq(json_text_of(newest, "previous"), json_text_of(oldest, "sha256"));
    ck_assert(json_is_null(json_object_get(oldest, "previous")));
    ck_assert(json_is_null(json_object_get(json_object_of(oldest, "nation"), "change")));
    const json_t *change = json_object_of(json_object_of(newest, "nation"), "change");
    ck_assert_int_eq(json_integer_of(change, "voted"), 1001);
    ck_assert_int_eq(json_integer_of(change, "units_reported"), 1);
    /* 8.13 and 24.41 per cent of 6150 */
    ck_assert_msg(json_number_value(json_object_get(change, "percent_points")) == 16.28, "not 16.28 points");
    const json_t *west = json_array_get(json_array_of(newest, "provinces"), 1);
    ck_assert_str_eq(json_text_of(west, "code"), "02");
    ck_assert_msg(json_number_value(json_object_get(json_object_of(west, "change"), "percent_points")) ==
                      27.79,
                  "not 27.79 points");
    json_decref(document);
}

TEST(they_are_the_same_bytes_from_every_server_for_ever)
{
    struct buffer bytes[2] = {{0}};
    report("0101-001", 1, 412, NULL);
    ck_assert_int_eq(freeze("11:30"), 1);
    get_all(&first, 1, &bytes[0]);
    report("0101-001", 2, 640, NULL);
    turnoutd_start_second(&second, &workspace, NULL, NULL);
    expect_same(&second, 1, &bytes[0]);
    ck_assert_int_eq(freeze("15:00"), 2);
    get_all(&first, 2, &bytes[1]);
    json_decref(wait_for(&second, 2)); /* the other server reads twice a second */
    expect_same(&second, 2, &bytes[1]);
    turnoutd_stop(&second);
    process_kill(&first.process);
    turnoutd_start(&first, &workspace, NULL);
    expect_same(&first, 1, &bytes[0]);
    expect_same(&first, 2, &bytes[1]);
    buffer_done(&bytes[0]);
    buffer_done(&bytes[1]);
}

/* What whoever runs two servers copies, so that both know the same tokens. */
static void share_tokens(void)
{
    static const char *const shared[] = {"secret", "tokens.csv"};
    workspace_make_folder(&workspace, "data-2");
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
        char name[32];
        char path[WORKSPACE_PATH_BYTES];
        (void)snprintf(name, sizeof name, "data/%s", shared[i]);
        workspace_path(&workspace, name, path);
        char *text = workspace_read(path);
        (void)snprintf(name, sizeof name, "data-2/%s", shared[i]);
        workspace_write(&workspace, name, text);
        workspace_path(&workspace, name, path);
        ck_assert_int_eq(chmod(path, S_IRUSR | S_IWUSR), 0);
        free(text);
    }
}

/* The second server has a key of its own, which is not the election's: it says so, and the first one signs for both. */
TEST(servers_agree_on_one_key)
{
    char line[PROCESS_LINE_BYTES];
    share_tokens();
    turnoutd_start_second(&second, &workspace, NULL, NULL);
    process_wait_line(&second.process, second.process.stderr_path, "other-signing-key", line);
    json_t *keys = json_get(first.public_port, "/v1/keys", 200);
    json_t *others = json_get(second.public_port, "/v1/keys", 200);
    ck_assert(json_equal(keys, others));
    ck_assert_uint_eq(json_array_size(json_array_of(keys, "keys")), 1);
    json_t *document = json_get(second.public_port, "/v1/turnout", 200);
    ck_assert_str_eq(json_text_of(document, "signing_key"),
                     json_text_of(json_array_get(json_array_of(keys, "keys"), 0), "public_key"));
    json_decref(document);
    json_decref(keys);
    json_decref(others);

    ck_assert_int_eq(freeze_at(&second, "11:30"), 1);
    struct http_answer answer;
    get_file(&second, 1, "bulletin.sig", 200, &answer);
    ck_assert_uint_eq(answer.body_bytes, BULLETIN_SIGNATURE_BYTES);
    http_answer_done(&answer);
    turnoutd_stop(&second);
}

TEST(a_closing_has_one)
{
    committee_open_election(&workspace, first.intake_http_port);
    committee_close_election(&workspace, first.intake_http_port);
    json_t *document = wait_for(&first, 1);
    const json_t *bulletin = json_array_get(json_array_of(document, "bulletins"), 0);
    ck_assert_str_eq(json_text_of(bulletin, "round"), "closing");
    ck_assert(json_is_false(json_object_get(bulletin, "test")));
    json_decref(document);
    ck_assert_int_eq(freeze("after"), 2); /* and no other has come meanwhile */
}

/* ---- units for committees ---- */

/* As the unit 0101-001, by its own key. */
static void get_as_unit(const char *target, int status)
{
    struct read_signature signature = {.key = "0101-001.a", .time = clock_wall_ms() / 1000};
    unsigned char seed[SIGNING_SEED_BYTES];
    char header[512];
    signing_seed_of(signature.key, seed);
    read_signature_sign(&signature, "small", "0101-001", seed);
    (void)snprintf(header, sizeof header, "Authorization: Signature %s.%lld.%s\r\n", signature.key,
                   (long long)signature.time, signature.sig);
    committee_expect(first.intake_http_port, target, header, NULL, status);
}

TEST(units_can_be_kept_for_committees)
{
    char header[TOKEN_HEADER_BYTES];
    turnoutd_stop(&first);
    static const struct key_row keys[] = {{"0101-001.a", "0101-001", "", "", ""}};
    key_rows_write(&workspace, keys, 1);
    workspace_append(&workspace, "election/election.ini", "\n[election]\nunit-figures = committee\n");
    turnoutd_start(&first, &workspace, NULL);
    ck_assert_int_eq(freeze("11:30"), 1);
    json_t *problem = json_get(first.public_port, "/v1/bulletins/1/areas/0101.csv", 403);
    ck_assert_str_eq(json_text_of(problem, "code"), "units-not-public");
    json_decref(problem);
    struct http_answer answer;
    get_file(&first, 1, "areas/01.csv", 200, &answer); /* which has its hash */
    http_answer_done(&answer);
    token_header(&workspace, ROLE_VIEW, "0101", header);
    committee_expect(first.intake_http_port, "/v1/bulletins/1/areas/0101.csv", header, NULL, 200);
    committee_expect(first.intake_http_port, "/v1/bulletins/1/areas/0102.csv", header, NULL, 403);
    committee_expect(first.intake_http_port, "/v1/bulletins/2/areas/0101.csv", header, NULL, 404);
    committee_expect(first.intake_http_port, "/v1/bulletins/1/areas/0101.csv", "", NULL, 401);
    get_as_unit("/v1/bulletins/1/areas/0101.csv", 200);
    get_as_unit("/v1/bulletins/1/areas/0102.csv", 401); /* which its key is not good for */
}

/* ---- what is held back ---- */

/* Every public document, head and body. */
static const char *const documents[] = {
    "/v1/turnout",      "/v1/areas/T",   "/v1/areas/01",       "/v1/areas/0101",  "/v1/snapshot.json",
    "/v1/snapshot.csv", "/v1/bulletins", "/v1/keys",           "/v1/corrections", "/v1/rounds",
    "/v1/rounds.csv",   "/v1/series",    "/v1/series?area=01", "/v1/nist.json"};

/* Figures that only the reports have that the public is not shown: of the unit, of what it corrected, and what they
 * make of the areas above. */
static const char *const secrets[] = {"737", "791", "5413", "5359", "1959", "1905"};

/* Whether the digits stand there as a number, and not by chance within a hash or a key. */
static bool tells(const char *text, const char *digits)
{
    for (const char *at = strstr(text, digits); at != NULL; at = strstr(at + 1, digits)) {
        char before = at == text ? ' ' : at[-1];
        char after = at[strlen(digits)];
        if (!isalnum((unsigned char)before) && !isalnum((unsigned char)after)) {
            return true;
        }
    }
    return false;
}

static void expect_no_secret(const char *target, const char *text)
{
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        ck_assert_msg(!tells(text, secrets[i]), "%s tells %s: %s", target, secrets[i], text);
    }
}

static void search(void)
{
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        struct http_answer answer;
        http_request(first.public_port, "GET", documents[i], "", &answer);
        ck_assert_int_eq(answer.status, 200);
        expect_no_secret(documents[i], answer.body);
        ck_assert_ptr_null(strstr(answer.head, "\"4-")); /* the revision in an ETag */
        http_answer_done(&answer);
    }
    struct buffer bulletin = {0};
    get_all(&first, 1, &bulletin);
    buffer_done(&bulletin);
}

/* The figures of a bulletin may be shown a reading before the corrections that are in them. */
static void wait_corrected(const char *pattern)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (bool is_told = false; !is_told;) {
        struct http_answer answer;
        http_request(first.public_port, "GET", "/v1/corrections", "", &answer);
        is_told = strstr(answer.body, pattern) != NULL;
        ck_assert_msg(is_told || clock_monotonic_ms() < deadline_ms, "%s", answer.body);
        http_answer_done(&answer);
    }
}

static const char *const modes[] = {"hold", "rounds"};

LOOP_TEST(nothing_that_is_held_back_shows, 2)
{
    char body[32];
    report("0101-001", 1, 100, NULL);
    ck_assert_int_eq(freeze("11:30"), 1);
    small_wait_voted(first.public_port, 100);
    (void)snprintf(body, sizeof body, "{\"mode\":\"%s\"}", modes[_i]);
    ask("/v1/publication", body, 200);
    report("0101-001", 2, 791, NULL);
    report("0101-001", 3, 737, ",\"kind\":\"correction\",\"reason\":\"miscount\"");
    turnoutd_start_second(&second, &workspace, NULL, NULL); /* which takes longer than any reading */
    turnoutd_stop(&second);
    search();
    process_kill(&first.process);
    turnoutd_start(&first, &workspace, NULL);
    search();

    /* A bulletin shows it, and with it the correction. */
    ck_assert_int_eq(freeze("15:00"), 2);
    small_wait_voted(first.public_port, 737);
    wait_corrected("\"before\":791,\"after\":737");
    report("0101-001", 4, 800, NULL);
    turnoutd_start_second(&second, &workspace, NULL, NULL);
    json_t *document = json_get(second.public_port, "/v1/turnout", 200);
    ck_assert_int_eq(json_integer_of(json_object_of(document, "nation"), "voted"), 737);
    json_decref(document);
    turnoutd_stop(&second);
}

SUITE("bulletins");
