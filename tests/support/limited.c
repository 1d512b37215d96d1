/* The settings of such a turnoutd, and its peers. */
#include "limited.h"

#include <string.h>

#include <check.h>

#include <turnout/wire/report_json.h>

#include "answers.h"
#include "signed_reports.h"
#include "small_election.h"

bool limited_counts;

static const struct key_row rows[] = {
    {"unit", "0101-001", "", "", ""}, {"neighbour", "0101-002", "", "", ""}, {"commune", "0101", "", "", ""}};

/* One worker, because each has budgets of keys of its own. */
void limited_start(struct turnoutd *turnoutd, struct workspace *workspace)
{
    static const char *const settings[] = {"--intake",
                                           "signed",
                                           "--workers",
                                           "1",
                                           "--proxies",
                                           "127.0.0.1",
                                           "--connections-per-address",
                                           "4",
                                           "--refusals-per-minute",
                                           "6",
                                           "--reports-per-minute",
                                           "3",
                                           NULL};
    workspace_init(workspace);
    workspace_add_small_election(workspace, "election");
    key_rows_write(workspace, rows, sizeof rows / sizeof rows[0]);
    turnoutd_start(turnoutd, workspace, settings);
}

void write_signed(struct buffer *out, int32_t seq, const char *signer)
{
    struct report report = signed_report_of(seq, seq);
    report.test = !limited_counts;
    signed_report_sign(&report, "unit", signer);
    report_json_write(out, &report);
}

/* Sends a line and returns the code of its answer, "" for none, with its status. */
static void ask_stream(struct http_link *link, const char *line, char ret_status[CODE_TEXT_BYTES],
                       char ret_code[CODE_TEXT_BYTES])
{
    enum { ANSWER_BYTES = 1024 };
    char answer[ANSWER_BYTES];
    http_send_text(link, line);
    http_send_text(link, "\n");
    http_read_line(link, answer, sizeof answer);
    json_t *result = json_of(answer);
    const char *code = json_string_value(json_object_get(result, "code"));
    ck_assert(slice_copy(slice_of(json_text_of(result, "status")), ret_status, CODE_TEXT_BYTES));
    ck_assert(slice_copy(slice_of(code == NULL ? "" : code), ret_code, CODE_TEXT_BYTES));
    json_decref(result);
}

void expect_on_stream(struct http_link *link, const char *line, const char *wanted)
{
    char status[CODE_TEXT_BYTES];
    char code[CODE_TEXT_BYTES];
    ask_stream(link, line, status, code);
    ck_assert_msg(strcmp(code[0] == '\0' ? status : code, wanted) == 0, "%s: %s %s, not %s", line, status,
                  code, wanted);
}

void expect_report(struct http_link *link, int32_t seq, const char *signer, const char *wanted)
{
    struct buffer line = {0};
    write_signed(&line, seq, signer);
    expect_on_stream(link, line.bytes, wanted);
    buffer_done(&line);
}

static int ask(struct http_link *link, const char *path, const char *headers)
{
    struct buffer request = {0};
    struct http_answer answer;
    buffer_printf(&request, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n", path, headers);
    http_send(link, request.bytes, request.length);
    http_read_answer(link, true, &answer);
    int status = answer.status;
    http_answer_done(&answer);
    buffer_done(&request);
    return status;
}

int ask_held(struct http_link *link, const char *headers)
{
    return ask(link, "/v1/held", headers);
}

int ask_anything(struct http_link *link)
{
    return ask(link, "/v1/nothing", "");
}
