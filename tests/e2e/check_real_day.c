/* A day with everything in it, over two provinces of the register of 2026: what is shown at its end is what a model
 * adds up that was told the same, and the ledger tells the story in its order. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/rfc3339.h>

#include "answers.h"
#include "changed_register.h"
#include "command.h"
#include "day_model.h"
#include "suite.h"

#define REAL_ELECTION TURNOUT_SOURCE_DIR "/config/elections/vn-2026"

#define NATION   "VN"
#define MENDED   "04-001-002" /* its roll was mistyped */
#define ADDED    "04-001-014"
#define MERGED   "04-002-001" /* into the next one */
#define RECEIVER "04-002-002"
#define VOIDED   "04-003-001"
#define REPLACED "04-004-001" /* its telephone */
#define FINAL    "04-004-002" /* sent while the election was closed by mistake */
#define EARLY    "04-005-001" /* sent before the election was opened */

enum { LINE_BYTES = 512, CHUNK = 100, ROUNDS = 8 };

/* Yesterday, so that no count is of the future; open for days, so that the clock says that the polls are open. */
static char day[sizeof "2026-03-15"];

static void write_election(void)
{
    enum { OFFSET_S = 7 * 3600, DAY_S = 86400, DAYS_OPEN = 20 };
    char opens[RFC3339_BYTES];
    char closes[RFC3339_BYTES];
    struct buffer ini = {0};
    int64_t now = clock_wall_ms() / 1000;
    rfc3339_format(now - DAY_S, OFFSET_S, opens);
    rfc3339_format(now + DAYS_OPEN * DAY_S, OFFSET_S, closes);
    ck_assert(slice_copy((struct slice){opens, sizeof day - 1}, day, sizeof day));
    buffer_printf(
        &ini,
        "[election]\nid = small\nname = Cao Bằng, Lai Châu\ndate = %s\ntimezone = Asia/Ho_Chi_Minh\n"
        "opens = %sT07:00:00+07:00\ncloses = %s\n"
        "rounds = 09:00 11:00 13:00 15:00 16:00 17:00 19:00 20:00\n",
        day, day, closes);
    workspace_write(&workspace, "election/election.ini", ini.bytes);
    buffer_done(&ini);
}

static const int hours[ROUNDS + 1] = {8, 9, 11, 13, 15, 16, 17, 19, 20};

/* ---- the register ---- */

static bool is_of_slice(const char *province)
{
    return strcmp(province, "04") == 0 || strcmp(province, "12") == 0;
}

/* The rows of a table of the real register whose code begins with that of one of the provinces, and the nation's. */
static void copy_table(const char *name)
{
    char path[WORKSPACE_PATH_BYTES];
    struct buffer out = {0};
    char made[WORKSPACE_PATH_BYTES];
    (void)snprintf(path, sizeof path, "made/%s", name);
    workspace_path(&workspace, path, made);
    char *text = workspace_read(made);
    struct slice rest = slice_of(text);
    for (int line = 0; rest.length > 0; line++) {
        struct slice row = text_split(&rest, '\n');
        char province[3] = "";
        (void)slice_copy((struct slice){row.bytes, row.length < 2 ? row.length : 2}, province,
                         sizeof province);
        if (line == 0 || is_of_slice(province) || strcmp(province, NATION) == 0) {
            buffer_append(&out, row.bytes, row.length);
            buffer_append_char(&out, '\n');
        }
    }
    (void)snprintf(path, sizeof path, "election/%s", name);
    workspace_write(&workspace, path, out.bytes);
    buffer_done(&out);
    free(text);
}

static void make_real_register(void)
{
    char made[WORKSPACE_PATH_BYTES];
    char typed[WORKSPACE_PATH_BYTES + sizeof "register make " + sizeof REAL_ELECTION];
    workspace_make_folder(&workspace, "made");
    workspace_path(&workspace, "made", made);
    (void)snprintf(typed, sizeof typed, "register make " REAL_ELECTION " %s", made);
    struct command_run run = command_run_typed(&workspace, "", typed);
    ck_assert_msg(run.status == 0, "%s", run.out);
    command_run_done(&run);
}

static void tell_model_of_units(void)
{
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "election/units.csv", path);
    char *text = workspace_read(path);
    struct slice rest = slice_of(text);
    (void)text_split(&rest, '\n');
    while (rest.length > 0) {
        struct slice row = text_split(&rest, '\n');
        char code[MODEL_CODE_BYTES];
        char commune[MODEL_CODE_BYTES];
        char province[3];
        int64_t roll;
        ck_assert(slice_copy(text_split(&row, ','), code, sizeof code) &&
                  slice_copy(text_split(&row, ','), commune, sizeof commune));
        (void)text_split(&row, ','); /* its name */
        ck_assert(text_parse_integer(row, 0, INT32_MAX, &roll));
        (void)snprintf(province, sizeof province, "%.2s", commune);
        model_add(code, commune, province, (int)roll);
    }
    free(text);
}

static void begin(void)
{
    workspace_init(&workspace);
    workspace_make_folder(&workspace, "election");
    write_election();
    make_real_register();
    copy_table("areas.csv");
    copy_table("units.csv");
    tell_model_of_units();
    turnoutd_start(&first, &workspace, NULL);
    token_header(&workspace, ROLE_ADMIN, NATION, admin);
    token_header(&workspace, ROLE_RELAY, NATION, relay);
}

/* ---- reporting ---- */

static void write_moment(char ret_text[32], int hour, int minute)
{
    (void)snprintf(ret_text, 32, "%sT%02d:%02d:00+07:00", day, hour, minute);
}

/* What is answered, which must have this status; of a problem its code must be this one. Returns its next_seq, or 0. */
static int64_t send_one(const char *unit, int seq, int voted, int hour, int minute, const char *more,
                        int status, const char *code)
{
    char as_of[32];
    struct buffer body = {0};
    struct http_answer answer;
    write_moment(as_of, hour, minute);
    small_report_write(
        &body, &(struct small_report){
                   .unit = unit, .seq = seq, .as_of = as_of, .voted = voted, .more = more, .counts = true});
    committee_ask(first.intake_http_port, "/v1/reports", relay, body.bytes, &answer);
    ck_assert_msg(answer.status == status, "%s: %d, not %d: %s", unit, answer.status, status, answer.body);
    json_t *document = json_of(answer.body);
    answer_check_member(document, "code", code, unit);
    if (status == 200) {
        answer_check_member(document, "status", "duplicate", unit);
    }
    int64_t next_seq = json_integer_value(json_object_get(document, "next_seq"));
    json_decref(document);
    http_answer_done(&answer);
    buffer_done(&body);
    return next_seq;
}

static void send_lines(struct http_link *link, struct buffer *lines, int count)
{
    http_send(link, lines->bytes, lines->length);
    for (int i = 0; i < count; i++) {
        char line[LINE_BYTES];
        http_read_line(link, line, sizeof line);
        ck_assert_msg(strstr(line, "\"status\":\"accepted\"") != NULL, "%s", line);
    }
    buffer_clear(lines);
}

/* Every unit that is not in `but` counts once more, by the stream. */
static void report_round(int round, const char *const but[])
{
    char token[TOKEN_BYTES_MAX + 1];
    char line[LINE_BYTES];
    struct http_link link;
    struct buffer lines = {0};
    int waiting = 0;
    token_of(&workspace, ROLE_RELAY, NATION, 3600, token);
    http_open(&link, first.intake_stream_port);
    buffer_printf(&lines, "{\"token\":\"%s\"}\n", token);
    http_send(&link, lines.bytes, lines.length);
    http_read_line(&link, line, sizeof line);
    buffer_clear(&lines);
    for (int i = 0; i < model.count; i++) {
        struct model_unit *unit = &model.units[i];
        char as_of[32];
        bool is_out = unit->is_withdrawn || unit->is_final;
        for (size_t k = 0; but[k] != NULL; k++) {
            is_out = is_out || strcmp(but[k], unit->code) == 0;
        }
        if (is_out) {
            continue;
        }
        write_moment(as_of, hours[round], i % 7);
        model_count(unit->code, unit->seq + 1, unit->registered * round / (ROUNDS + 1) + i % 2, 0,
                    round == ROUNDS);
        small_report_write(&lines,
                           &(struct small_report){.unit = unit->code,
                                                  .seq = unit->seq,
                                                  .as_of = as_of,
                                                  .voted = unit->voted,
                                                  .more = round == ROUNDS ? ",\"kind\":\"final\"" : NULL,
                                                  .counts = true});
        buffer_append_char(&lines, '\n');
        if (++waiting == CHUNK) {
            send_lines(&link, &lines, waiting);
            waiting = 0;
        }
    }
    send_lines(&link, &lines, waiting);
    buffer_done(&lines);
    http_close(&link);
}

static void ask(const char *target, const char *body, int status)
{
    committee_expect(first.intake_http_port, target, admin, body, status);
}

/* ---- what is shown ---- */

static void check_shown(void)
{
    small_wait_voted(first.public_port, model_sum(NATION, NATION).voted);
    json_t *document = json_get(first.public_port, "/v1/snapshot.json", 200);
    const json_t *areas = json_array_of(document, "areas");
    ck_assert_uint_eq(json_array_size(areas), 1 + 2 + 56 + 38);
    for (size_t i = 0; i < json_array_size(areas); i++) {
        const json_t *area = json_array_get(areas, i);
        struct http_answer answer;
        char target[64];
        model_check_area(area, NATION);
        if (strcmp(json_text_of(area, "level"), "commune") != 0) {
            continue;
        }
        (void)snprintf(target, sizeof target, "/v1/areas/%s/units", json_text_of(area, "code"));
        committee_ask(first.intake_http_port, target, admin, NULL, &answer);
        json_t *listed = json_of(answer.body);
        const json_t *units = json_array_of(listed, "units");
        ck_assert_uint_eq(json_array_size(units), (size_t)json_integer_of(area, "units"));
        for (size_t j = 0; j < json_array_size(units); j++) {
            model_check_unit(json_array_get(units, j));
        }
        json_decref(listed);
        http_answer_done(&answer);
    }
    json_decref(document);
}

/* The oldest first. */
static const char *const story[] = {
    "phase null \"rehearsal\" \"open\" null",
    "roll-mended " MENDED " 387 1387 \"a new station\"",
    "unit-added " ADDED " null 640 \"a new station\"",
    "voided " VOIDED " 500 0 \"counts of 04-003-002\"",
    "roll-change " RECEIVER " 1041 1936 null",
    "released " RECEIVER " 115 400 \"both rolls were read out\"",
    "unit-withdrawn " MERGED " 895 null \"a new station\"",
    "publication null \"live\" \"rounds\" null",
    "publication null \"rounds\" \"live\" null",
    "phase null \"open\" \"closed\" null",
    "phase null \"closed\" \"open\" null",
    "correction " REPLACED " 506 503 \"mistyped\"",
};

static void check_ledger(void)
{
    json_t *document = json_get(first.public_port, "/v1/corrections", 200);
    const json_t *entries = json_array_of(document, "corrections");
    size_t count = json_array_size(entries);
    for (size_t i = 0; i < count; i++) {
        static const char *const keys[] = {"unit", "before", "after", "reason"};
        const json_t *entry = json_array_get(entries, count - 1 - i);
        struct buffer told = {0};
        buffer_append_text(&told, json_text_of(entry, "kind"));
        for (size_t k = 0; k < COUNT(keys); k++) {
            const json_t *value = json_object_get(entry, keys[k]);
            char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
            bool is_code = k == 0 && json_is_string(value);
            buffer_printf(&told, " %s", is_code ? json_string_value(value) : text);
            free(text);
        }
        ck_assert_msg(i < COUNT(story) && strcmp(told.bytes, story[i]) == 0, "entry %zu: %s, not %s", i,
                      told.bytes, i < COUNT(story) ? story[i] : "anything");
        buffer_done(&told);
    }
    ck_assert_uint_eq(count, COUNT(story));
    json_decref(document);
}

/* ---- what happens ---- */

/* The polls are open, and nobody has opened the election. The count is kept by who sent it. */
static void forget_the_opening(void)
{
    struct readyz_verdict verdict;
    struct http_answer answer;
    char opening[OPENING_BYTES];
    (void)send_one(EARLY, 1, 70, 8, 30, NULL, 409, "not-open");
    readyz_ask(&first, "phase", &verdict);
    ck_assert_msg(verdict.is_ok && strstr(verdict.why, "open") != NULL, "%s", verdict.why);
    committee_ask(first.intake_http_port, "/v1/areas/" NATION "/silent", admin, NULL, &answer);
    ck_assert_ptr_null(strstr(answer.body, "\"phase_warning\":null"));
    http_answer_done(&answer);
    committee_write_opening(&workspace, opening);
    ask("/v1/phase", opening, 200);
    (void)send_one(EARLY, 1, 70, 8, 30, NULL, 201, NULL);
    model_count(EARLY, 1, 70, 0, false);
}

static void add_a_unit_and_mend_a_roll(void)
{
    replace("election", "units.csv", "04-002-001,", ADDED ",04-001,Tổ bầu cử số 14,640\n04-002-001,");
    replace("election", "units.csv", MENDED ",04-001,Tổ bầu cử số 2,387",
            MENDED ",04-001,Tổ bầu cử số 2,1387");
    wait_named(&first, ADDED);
    (void)send_one(ADDED, 1, 60, 9, 5, NULL, 404, "unknown-unit");
    take_up_files(&first);
    model_add(ADDED, "04-001", "04", 640);
    model_find(MENDED)->listed = 1387;
    model_find(MENDED)->registered = 1387;
    (void)send_one(ADDED, 1, 60, 9, 5, NULL, 201, NULL);
    (void)send_one(MENDED, 1, 151, 9, 20, NULL, 201, NULL);
    model_count(ADDED, 1, 60, 0, false);
    model_count(MENDED, 1, 151, 0, false);
}

static void void_a_unit(void)
{
    (void)send_one(VOIDED, 1, 500, 9, 1, NULL, 201, NULL);
    ask("/v1/units/" VOIDED "/void", "{\"reason\":\"counts of 04-003-002\"}", 200);
    model_void(VOIDED);
    (void)send_one(VOIDED, 1, 500, 9, 1, NULL, 409, "voided");
    (void)send_one(VOIDED, 1, 33, 9, 30, NULL, 201, NULL);
    model_count(VOIDED, 1, 33, 0, false);
}

/* The voters of one unit vote at the next one: that one's roll grows by a report which a committee lets through. */
static void merge_two_units(void)
{
    ask("/v1/units/" MERGED "/excuse", "{\"status\":\"merged\",\"into\":\"" RECEIVER "\"}", 200);
    (void)send_one(RECEIVER, 2, 400, 10, 0, ",\"registered\":1936", 202, "roll-changed");
    ask("/v1/held/" RECEIVER ".2", "{\"decision\":\"release\",\"reason\":\"both rolls were read out\"}", 200);
    model_count(RECEIVER, 2, 400, 1936, false);
    replace("election", "units.csv", MERGED ",04-002,Tổ bầu cử số 1,895\n", "");
    wait_named(&first, MERGED);
    take_up_files(&first);
    model_find(MERGED)->is_withdrawn = true;
}

static void replace_a_telephone(void)
{
    int seq = model_find(REPLACED)->seq;
    int64_t next_seq = send_one(REPLACED, 1, 506, 15, 30, NULL, 409, "seq-behind");
    ck_assert_int_eq(next_seq, seq + 1);
    (void)send_one(REPLACED, seq + 1, 506, 15, 30, NULL, 201, NULL);
    model_count(REPLACED, seq + 1, 506, 0, false);
}

/* What was shown stands, also after a restart; a bulletin shows what was counted meanwhile. */
static void restart_in_rounds(void)
{
    static const char *const but[] = {NULL};
    int64_t shown = model_sum(NATION, NATION).voted;
    small_wait_voted(first.public_port, shown);
    ask("/v1/publication", "{\"mode\":\"rounds\"}", 200);
    report_round(3, but);
    restart();
    json_t *document = json_get(first.public_port, "/v1/turnout", 200);
    ck_assert_str_eq(json_text_of(document, "publication"), "rounds");
    ck_assert_int_eq(json_integer_of(json_object_of(document, "nation"), "voted"), shown);
    json_decref(document);
    ask("/v1/bulletins", "{\"label\":\"13:00\"}", 201);
    check_shown();
    ask("/v1/publication", "{\"mode\":\"live\"}", 200);
}

static void close_by_mistake(void)
{
    static const char final[] = ",\"kind\":\"final\"";
    struct model_unit *unit = model_find(FINAL);
    int seq = unit->seq + 1;
    char opening[OPENING_BYTES];
    ask("/v1/phase", "{\"phase\":\"closed\",\"early\":true}", 200);
    (void)send_one(FINAL, seq, unit->voted + 1, 16, 20, final, 409, "closed");
    (void)send_one(REPLACED, model_find(REPLACED)->seq, 506, 15, 30, NULL, 200, NULL);
    committee_write_opening(&workspace, opening);
    ask("/v1/phase", opening, 200);
    (void)send_one(FINAL, seq, unit->voted + 1, 16, 20, final, 201, NULL);
    model_count(FINAL, seq, unit->voted + 1, 0, true);
}

FIXTURE(begin, tear_down);
TIMEOUT(60);

TEST(a_day_with_everything_in_it)
{
    static const char *const first_but[] = {EARLY, MENDED, MERGED, VOIDED, NULL};
    static const char *const no[] = {NULL};
    forget_the_opening();
    report_round(1, first_but);
    add_a_unit_and_mend_a_roll();
    void_a_unit();
    merge_two_units();
    check_shown();
    report_round(2, no);
    restart_in_rounds();
    report_round(4, no);
    replace_a_telephone();
    close_by_mistake();
    (void)send_one(REPLACED, model_find(REPLACED)->seq + 1, 503, 16, 30,
                   ",\"kind\":\"correction\",\"reason\":\"mistyped\"", 201, NULL);
    model_count(REPLACED, model_find(REPLACED)->seq + 1, 503, 0, false);
    report_round(ROUNDS, no);
    check_shown();
    check_ledger();
}

SUITE("real_day");
