/* Sends the spool to the server, and words the answers. */
#include "report/spool_delivery.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/election/report_codes.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/signature.h>

#include "client/report_answer.h"
#include "command.h"

enum { PAUSE_FIRST_MS = 500, PAUSE_MOST_MS = 10000 };

static const char *meaning(const struct report_result *result)
{
    switch (result->status) {
    case STATUS_ACCEPTED:
        return result->test ? report_test_words : "counted";
    case STATUS_DUPLICATE:
        return result->test ? report_test_words : "had been counted before";
    case STATUS_SUPERSEDED:
        return "not counted: this unit has a later report";
    case STATUS_HELD:
        return "kept for the committee's decision, not counted yet";
    case STATUS_REJECTED:
        return report_code_title(result->code);
    case STATUS_UNAVAILABLE:
    case STATUS_COUNT:
        break;
    }
    assert(!"an answer that does not settle the report");
    return "";
}

/* Prints the result of the report, and returns its exit status. */
static int tell_answer(const struct report *report, const struct report_result *result)
{
    (void)printf("%s: unit %s, report %" PRId32 ", %" PRId32 " voted as of %s: %s",
                 report_status_name(result->status), report->unit, report->seq, report->voted,
                 report->as_of_text, meaning(result));
    if (result->status == STATUS_SUPERSEDED) {
        (void)printf(" (%s)\n", result->detail);
        return EXIT_REJECTED;
    }
    if (result->status == STATUS_REJECTED) {
        (void)printf(" (%s%s%s)%s%s\n", report_code_name(result->code),
                     result->field[0] == '\0' ? "" : ", field ", result->field,
                     result->detail[0] == '\0' ? "" : ": ", result->detail);
        return EXIT_REJECTED;
    }
    (void)printf(". Receipt %s\n", result->receipt);
    unsigned char digest[REPORT_DIGEST_BYTES];
    char receipt[RECEIPT_BYTES];
    report_digest(report, digest);
    receipt_from_digest(digest, receipt);
    if (strcmp(receipt, result->receipt) != 0) {
        (void)fprintf(stderr,
                      "the receipt should be %s: the server stored something other than what was sent\n",
                      receipt);
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

static void pause_ms(int64_t duration_ms)
{
    struct timespec rest = {.tv_sec = duration_ms / 1000, .tv_nsec = duration_ms % 1000 * 1000000};
    (void)nanosleep(&rest, NULL);
}

/* Sends one report. TURNOUT_UNAVAILABLE when it remains open. */
static enum turnout_error send_report(struct http_client *client, struct slice line,
                                      struct http_response *response, struct report_result *ret_result,
                                      struct error *error)
{
    enum turnout_error code =
        http_client_post(client, "/v1/reports", "application/json", line.bytes, line.length, response, error);
    if (code != TURNOUT_OK) {
        return code;
    }
    return report_answer_read(response->status, (struct slice){response->body.bytes, response->body.length},
                              ret_result, error);
}

static void tell_spooled(const struct spool *spool, size_t answered, const char *why)
{
    (void)printf(
        "spooled: %s. %zu kept in %s; `turnout report --flush` sends them, and so does the next report\n",
        why, spool->count - answered, spool->path);
}

/* Updates the kept reports by the answer. */
static enum turnout_error keep(struct spool_kept *kept, struct slice line, const struct report *report,
                               const struct report_result *result, struct error *error)
{
    size_t again = 0;
    bool is_acknowledged = result->status == STATUS_ACCEPTED || result->status == STATUS_DUPLICATE ||
                           result->status == STATUS_HELD;
    if (result->code == CODE_CLOSED) {
        spool_kept_forget(kept, report->election);
    }
    if (!is_acknowledged || result->generation[0] == '\0' || report->test) {
        return TURNOUT_OK;
    }
    spool_kept_add(kept, result->generation, line, result->status != STATUS_ACCEPTED);
    enum turnout_error failed =
        spool_kept_send_again(kept, report->election, result->generation, &again, error);
    if (again > 0) {
        (void)printf("the server has lost reports: %zu acknowledged ones are sent again\n", again);
    }
    return failed;
}

/* Removes answered reports from the spool, after acknowledged ones are kept. */
static enum turnout_error settle(struct spool *spool, struct spool_kept *kept, size_t answered,
                                 const bool *stays, struct error *error)
{
    enum turnout_error failed = spool_kept_save(kept, error);
    return failed == TURNOUT_OK ? spool_remove(spool, answered, stays, error) : failed;
}

/* Whether the phase refuses the report now, but may accept it later: an election closed by mistake is opened
 * again. */
static bool waits_for_phase(const struct report_result *result)
{
    return result->code == CODE_CLOSED || result->code == CODE_NOT_OPEN;
}

/* Prints the answer to a spooled report, also when the report stays in the spool. */
static int tell_answered(const struct spool *spool, const struct report *report,
                         const struct report_result *result)
{
    int status = tell_answer(report, result);
    if (!waits_for_phase(result)) {
        return status;
    }
    (void)printf("it stays in %s; `turnout report --flush` sends it again, and so does the next report\n",
                 spool->path);
    return EXIT_FAILED;
}

/* A report on its way. */
struct delivery {
    const struct report_signer *signer;
    struct slice line;
    struct report report;
    struct buffer renumbered; /* its line with the seq that the server has named; empty: none */
};

static void take_line(struct delivery *delivery, struct slice line)
{
    delivery->line = line;
    enum turnout_error code = report_json_parse(line.bytes, line.length, &delivery->report, NULL);
    assert(code == TURNOUT_OK); /* the spool has only valid reports */
}

/* Whether the report is to be sent again under another seq. If this process ends before the answer, the unchanged
 * report is still in the spool, and gets the same answer next time. */
static bool renumber(struct delivery *delivery, const struct report_result *result)
{
    struct report report = delivery->report;
    report.seq = result->next_seq;
    if (result->next_seq == 0 || delivery->renumbered.length > 0 ||
        !report_signer_sign(delivery->signer, &report)) {
        return false;
    }
    (void)printf("%s: unit %s, report %" PRId32 ": %s; sent again as report %" PRId32 "\n",
                 report_code_name(result->code), report.unit, delivery->report.seq, result->detail,
                 report.seq);
    report_json_write(&delivery->renumbered, &report);
    take_line(delivery, (struct slice){delivery->renumbered.bytes, delivery->renumbered.length});
    return true;
}

static int tell_and_keep(struct delivery *delivery, struct spool_kept *kept,
                         const struct report_result *result)
{
    struct error error = {0};
    int status = tell_answered(kept->spool, &delivery->report, result);
    if (keep(kept, delivery->line, &delivery->report, result, &error) != TURNOUT_OK) {
        int failed = command_fail(&error);
        status = status == EXIT_DONE ? failed : status;
    }
    buffer_clear(&delivery->renumbered);
    return status;
}

/* Sleeps before the next try; false when no time is left for one. */
static bool rest(int64_t deadline_ms, int64_t asked_ms, int64_t *pause)
{
    int64_t left_ms = deadline_ms - clock_monotonic_ms();
    if (left_ms <= 0) {
        return false;
    }
    int64_t rest_ms = asked_ms > *pause ? asked_ms : *pause;
    pause_ms(rest_ms < left_ms ? rest_ms : left_ms);
    *pause = *pause * 2 < PAUSE_MOST_MS ? *pause * 2 : PAUSE_MOST_MS;
    return true;
}

int spool_deliver(struct spool *spool, struct spool_kept *kept, struct http_client *client,
                  const struct report_signer *signer, int64_t wait_s)
{
    struct http_response response = {0};
    struct error error = {0};
    struct delivery delivery = {.signer = signer};
    int64_t deadline_ms = clock_monotonic_ms() + wait_s * 1000;
    int64_t pause = PAUSE_FIRST_MS;
    int status = EXIT_DONE;
    size_t answered = 0;
    bool *stays = memory_new_array(SPOOL_REPORTS_MAX, sizeof *stays);
    while (answered < spool->count) {
        struct report_result result;
        if (delivery.renumbered.length == 0) {
            take_line(&delivery, spool_line(spool, answered));
        }
        if (send_report(client, delivery.line, &response, &result, &error) == TURNOUT_OK) {
            pause = PAUSE_FIRST_MS;
            if (!renumber(&delivery, &result)) {
                int told = tell_and_keep(&delivery, kept, &result);
                status = told > status ? told : status;
                stays[answered++] = waits_for_phase(&result);
            }
        } else if (!rest(deadline_ms, (int64_t)response.retry_after_s * 1000, &pause)) {
            tell_spooled(spool, answered, error.text);
            status = status == EXIT_DONE ? EXIT_FAILED : status;
            break;
        }
    }
    buffer_done(&delivery.renumbered);
    http_response_done(&response);
    if (settle(spool, kept, answered, stays, &error) != TURNOUT_OK) {
        int failed = command_fail(&error);
        status = status == EXIT_DONE ? failed : status;
    }
    free(stays);
    return status;
}
