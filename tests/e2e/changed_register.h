/* An open election whose register changes: its files, asking, and what is shown. For the tests of one server and of
 * several. */
#ifndef TURNOUT_TESTS_CHANGED_REGISTER_H
#define TURNOUT_TESTS_CHANGED_REGISTER_H

#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "readyz.h"
#include "small_election.h"
#include "turnoutd.h"
#include "workspace.h"

enum { ASK_AGAIN_MS = 20, FINGERPRINT_BYTES = 16 };

static struct workspace workspace;
static struct turnoutd first; /* runs the Redis */
static char admin[TOKEN_HEADER_BYTES];
static char relay[TOKEN_HEADER_BYTES];

static inline void set_up(void)
{
    workspace_init(&workspace);
    turnoutd_start(&first, &workspace, NULL);
    token_header(&workspace, ROLE_ADMIN, "T", admin);
    token_header(&workspace, ROLE_RELAY, "T", relay);
    char opening[OPENING_BYTES];
    committee_write_opening(&workspace, opening);
    committee_expect(first.intake_http_port, "/v1/phase", admin, opening, 200);
}

static inline void tear_down(void)
{
    turnoutd_stop(&first);
    workspace_done(&workspace);
}

/* ---- the files ---- */

/* In a file of the election in this folder. */
static inline void replace(const char *folder, const char *file, const char *from, const char *to)
{
    char name[64];
    char path[WORKSPACE_PATH_BYTES];
    struct buffer out = {0};
    (void)snprintf(name, sizeof name, "%s/%s", folder, file);
    workspace_path(&workspace, name, path);
    char *text = workspace_read(path);
    const char *at = strstr(text, from);
    ck_assert_ptr_nonnull(at);
    buffer_append(&out, text, (size_t)(at - text));
    buffer_append_text(&out, to);
    buffer_append_text(&out, at + strlen(from));
    workspace_write(&workspace, name, out.bytes);
    buffer_done(&out);
    free(text);
}

static inline void add_unit(const char *folder)
{
    replace(folder, "units.csv", "0102-001,", "0101-009,0101,Khu vực 9,40\n0102-001,");
}

/* Waits until the server has read the files and says so. */
static inline void wait_named(const struct turnoutd *turnoutd, const char *words)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    struct readyz_verdict verdict = {.is_ready = false};
    do {
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "%s: %s", words, verdict.why);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
        readyz_ask(turnoutd, "files", &verdict);
        ck_assert(verdict.is_ok);
    } while (words[0] == '\0' ? verdict.why[0] != '\0' : strstr(verdict.why, words) == NULL);
}

/* ---- asking ---- */

static inline json_t *look(const struct turnoutd *turnoutd)
{
    struct http_answer answer;
    committee_ask(turnoutd->intake_http_port, "/v1/register", admin, NULL, &answer);
    ck_assert_msg(answer.status == 200, "%d: %s", answer.status, answer.body);
    json_t *document = json_of(answer.body);
    http_answer_done(&answer);
    return document;
}

static inline void get_fingerprint(const struct turnoutd *turnoutd, const char *key,
                                   char ret_fingerprint[FINGERPRINT_BYTES])
{
    json_t *document = look(turnoutd);
    ck_assert(slice_copy(slice_of(json_text_of(document, key)), ret_fingerprint, FINGERPRINT_BYTES));
    json_decref(document);
}

/* The answer, whose status must be this one; the caller gives it back with json_decref(). */
static inline json_t *take_up(const struct turnoutd *turnoutd, const char *fingerprint, int status)
{
    char body[128];
    struct http_answer answer;
    (void)snprintf(body, sizeof body, "{\"fingerprint\":\"%s\",\"reason\":\"a new station\"}", fingerprint);
    committee_ask(turnoutd->intake_http_port, "/v1/register", admin, body, &answer);
    ck_assert_msg(answer.status == status, "%d, not %d: %s", answer.status, status, answer.body);
    json_t *document = json_of(answer.body);
    http_answer_done(&answer);
    return document;
}

static inline void take_up_files(const struct turnoutd *turnoutd)
{
    char fingerprint[FINGERPRINT_BYTES];
    get_fingerprint(turnoutd, "files", fingerprint);
    json_t *answer = take_up(turnoutd, fingerprint, 200);
    ck_assert(json_is_true(json_object_get(answer, "changed")));
    ck_assert_str_eq(json_text_of(answer, "fingerprint"), fingerprint);
    json_decref(answer);
}

static inline void expect_refused(const char *words)
{
    char fingerprint[FINGERPRINT_BYTES];
    get_fingerprint(&first, "files", fingerprint);
    json_t *answer = take_up(&first, fingerprint, 409);
    ck_assert_str_eq(json_text_of(answer, "code"), "register-refused");
    ck_assert_msg(strstr(json_text_of(answer, "detail"), words) != NULL, "%s",
                  json_text_of(answer, "detail"));
    json_decref(answer);
}

static inline void post(const struct turnoutd *turnoutd, const char *unit, int seq, int voted,
                        struct http_answer *ret_answer)
{
    struct buffer body = {0};
    small_report_write(&body,
                       &(struct small_report){.unit = unit, .seq = seq, .voted = voted, .counts = true});
    committee_ask(turnoutd->intake_http_port, "/v1/reports", relay, body.bytes, ret_answer);
    buffer_done(&body);
}

/* Sends it until it is answered with something else than `unavailable`. */
static inline void report(const struct turnoutd *turnoutd, const char *unit, int seq, int voted, int status)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    int answered;
    do {
        struct http_answer answer;
        post(turnoutd, unit, seq, voted, &answer);
        answered = answer.status;
        ck_assert_msg(answered == status || answered == 503, "%s: %d %s", unit, answered, answer.body);
        http_answer_done(&answer);
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
    } while (answered == 503);
}

/* Of the nation or another area, in what is shown now. */
static inline void expect_figures(const struct turnoutd *turnoutd, const char *code, int64_t units,
                                  int64_t registered, int64_t voted)
{
    char target[64];
    (void)snprintf(target, sizeof target, "/v1/areas/%s", code);
    json_t *document = json_get(turnoutd->public_port, target, 200);
    const json_t *area = json_object_of(document, "area");
    ck_assert_int_eq(json_integer_of(area, "units"), units);
    ck_assert_int_eq(json_integer_of(area, "registered"), registered);
    ck_assert_int_eq(json_integer_of(area, "voted"), voted);
    json_decref(document);
}

/* The newest entry of the ledger. */
static inline void expect_correction(const char *kind, const char *area, const char *unit)
{
    json_t *document = json_get(first.public_port, "/v1/corrections", 200);
    const json_t *entry = json_array_get(json_array_of(document, "corrections"), 0);
    ck_assert_str_eq(json_text_of(entry, "kind"), kind);
    ck_assert_str_eq(json_text_of(entry, "area"), area);
    ck_assert_str_eq(json_text_of(entry, "unit"), unit);
    ck_assert_str_eq(json_text_of(entry, "reason"), "a new station");
    json_decref(document);
}

static inline void restart(void)
{
    turnoutd_stop(&first);
    turnoutd_start(&first, &workspace, NULL);
}

#endif
