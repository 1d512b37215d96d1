/* proto/newsroom.md: its ten lines, each run by itself as it stands there, and its dictionary, which has every field;
 * and what it says of the time before the polls open. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "one_server.h"
#include "shell_page.h"
#include "small_election.h"
#include "suite.h"

#define PAGE "/proto/newsroom.md"

/* What each line brings: to its standard output, or into the file that it names. */
static const struct {
    const char *file; /* NULL: standard output */
    const char *holds;
} lines[] = {
    {NULL, "\"documents\":[{\"path\":\"/v1\""},
    {NULL, "\"nation\":{\"code\":\"T\",\"level\":\"nation\",\"name\":\"Đất Thử\""},
    {NULL, "\"area\":{\"code\":\"01\""},
    {NULL, "\"areas\":[{\"code\":\"01\",\"name\":\"Miền Đông\",\"registered\":2551,\"voted\":412,"},
    {"provinces.csv", "\xef\xbb\xbf"
                      "code;level;parent;name;"},
    {NULL, "\"whole\":"},
    {"turnout.json", "\"voted\":412"},
    {NULL, "\"corrections\":[]"},
    {NULL, "\"bulletins\":[]"},
    {NULL, "event: turnout\ndata: {"},
};

static void setup(void)
{
    char url[TURNOUTD_URL_BYTES];
    start_server();
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u", turnoutd.public_port);
    ck_assert_int_eq(setenv("public", url, 1), 0);
}

static void run(const char *line, int i)
{
    workspace_write(&workspace, "line", line);
    struct shell_result result = shell_run(&workspace, "line");
    ck_assert_msg(result.status == 0 && result.errors[0] == '\0', "%s: %d %s", line, result.status,
                  result.errors);
    char *brought = NULL;
    if (lines[i].file != NULL) {
        char path[WORKSPACE_PATH_BYTES];
        workspace_path(&workspace, lines[i].file, path);
        brought = workspace_read(path);
    }
    const char *text = brought != NULL ? brought : result.out;
    ck_assert_msg(strstr(text, lines[i].holds) != NULL, "%s: no %s in: %s", line, lines[i].holds, text);
    free(brought);
    shell_result_done(&result);
}

FIXTURE(setup, stop_server);

/* Nothing new: the document that is there stays. Something new may come at any moment; then it is tried again. */
static void await_nothing_new(void)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    workspace_write(&workspace, "again",
                    "get() { curl -sSf --compressed --etag-compare turnout.etag --etag-save turnout.etag "
                    "\"$public/v1/turnout\" --output turnout.json; }\n"
                    "get\nprintf 'as it was' >turnout.json\nget\ncat turnout.json\n");
    for (bool stays = false; !stays;) {
        struct shell_result result = shell_run(&workspace, "again");
        stays = strcmp(result.out, "as it was") == 0;
        ck_assert_msg(result.status == 0 && (stays || clock_monotonic_ms() < deadline_ms), "%s%s", result.out,
                      result.errors);
        shell_result_done(&result);
    }
}

TEST(its_ten_lines_do_what_they_say)
{
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = 1, .voted = 412}, 201);
    small_wait_voted(turnoutd.public_port, 412);
    small_wait_first_report(turnoutd.public_port);
    char path[WORKSPACE_PATH_BYTES];
    shell_extract(&workspace, PAGE, "lines");
    workspace_path(&workspace, "lines", path);
    char *text = workspace_read(path);
    int count = 0;
    char *rest = text;
    for (char *line = strsep(&rest, "\n"); line != NULL && line[0] != '\0'; line = strsep(&rest, "\n")) {
        ck_assert_msg(count < COUNT(lines) && strncmp(line, "curl ", strlen("curl ")) == 0, "%s", line);
        run(line, count++);
    }
    ck_assert_int_eq(count, COUNT(lines));
    free(text);

    await_nothing_new();
}

TEST(its_dictionary_has_every_field)
{
    char *page = workspace_read(TURNOUT_SOURCE_DIR PAGE);
    json_t *document = json_get(turnoutd.public_port, "/v1/areas/01", 200);
    json_t *area = json_object_get(document, "area");
    const char *field;
    json_t *value;
    json_object_foreach(area, field, value)
    {
        char word[64];
        (void)snprintf(word, sizeof word, "`%s`", field);
        ck_assert_msg(strstr(page, word) != NULL, "%s has no word of %s", PAGE, word);
    }
    json_decref(document);
    free(page);
}

/* Every area, and no figure but what the register says. */
TEST(before_the_polls_open_everything_is_there)
{
    json_t *snapshot = json_get(turnoutd.public_port, "/v1/snapshot.json", 200);
    const json_t *areas = json_array_of(snapshot, "areas");
    ck_assert(json_is_true(json_object_get(snapshot, "test")));
    ck_assert(json_is_null(json_object_get(snapshot, "as_of")));
    ck_assert_int_eq(json_integer_of(snapshot, "revision"), 0);
    ck_assert_uint_eq(json_array_size(areas), SMALL_AREAS);
    for (size_t i = 0; i < SMALL_AREAS; i++) {
        static const char *const zero[] = {"voted", "units_reported", "units_final", "registered_reported",
                                           "held"};
        const json_t *area = json_array_get(areas, i);
        for (int z = 0; z < COUNT(zero); z++) {
            ck_assert_int_eq(json_integer_of(area, zero[z]), 0);
        }
        ck_assert_int_eq(json_integer_of(area, "remaining"), json_integer_of(area, "registered"));
        ck_assert(json_is_null(json_object_get(area, "percent_of_reported")));
        ck_assert(json_is_true(json_object_get(area, "verified")));
    }
    ck_assert_int_eq(json_integer_of(json_array_get(areas, 0), "registered"), SMALL_REGISTERED);
    json_decref(snapshot);
}

SUITE("newsroom_page");
