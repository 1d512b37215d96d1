/* `turnout report`: one unit's report, from the command line to the server, by way of the spool.
 *
 * The report goes into the spool first and leaves it when it has been answered. So there is one way for all of
 * them, new and old, oldest first; and whatever ends this process, nothing is lost. */
#include <assert.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/signature.h>

#include "client/http_client.h"
#include "client/report_answer.h"
#include "command_options.h"
#include "commands.h"
#include "keys/key_pem.h"
#include "report/spool.h"

enum {
    REQUEST_TIMEOUT_MS = 10000,
    WAIT_MOST_S = 86400,
    PAUSE_FIRST_MS = 500,
    PAUSE_MOST_MS = 10000,
    REQUIRED_COUNT = 4,
};

static const struct usage_row usage[] = {
    {"--election ID", "the election's id"},
    {"--unit CODE", "the polling unit's code"},
    {"--seq N", "the unit's own number for this report: 1, 2, 3 ..."},
    {"--voted N", "how many have voted since the polls opened"},
    {"--as-of TIME", "when they were counted, 2026-03-15T15:00:00+07:00; default now"},
    {"--registered N", "the roll as it now stands; default unchanged"},
    {"--kind KIND", "progress (default), final or correction"},
    {"--reason REASON", "of a correction: miscount, mistyped, wrong-unit, roll-changed or other"},
    {"--note TEXT", "up to 200 characters"},
    {"--key FILE", "signs it with this private key, as `turnout keys make` or openssl wrote it"},
    {"--key-id ID", "what keys.csv calls that key"},
    {"--flush", "send only what is spooled"},
    {"--server URL", "the HTTP intake; default http://127.0.0.1:8081"},
    {"--spool FILE", "where reports wait for their answer; default turnout-spool.ndjson"},
    {"--wait SECONDS", "keep trying for so long while the server is away; default 0"},
    {"", ""},
    {"exit status", "0 taken, 1 still spooled or failed, 2 used wrongly, 3 rejected"},
    {NULL, NULL},
};

struct report_options {
    const char *server;
    const char *spool_path;
    uint64_t wait_s;
    bool flush;
    bool as_of_given;
    bool any_field;                /* of a report */
    bool required[REQUIRED_COUNT]; /* election, unit, seq, voted: given */
    const char *key_path;          /* NULL: unsigned */
    struct report report;
};

/* ---- the command line ---- */

enum option_id {
    OPTION_ELECTION,
    OPTION_UNIT,
    OPTION_SEQ,
    OPTION_VOTED,
    OPTION_AS_OF,
    OPTION_REGISTERED,
    OPTION_KIND,
    OPTION_REASON,
    OPTION_NOTE,
    OPTION_KEY,
    OPTION_KEY_ID,
    OPTION_FLUSH,
    OPTION_SERVER,
    OPTION_SPOOL,
    OPTION_WAIT,
    OPTION_HELP,
};

static const struct option long_options[] = {
    {"election", required_argument, NULL, OPTION_ELECTION},
    {"unit", required_argument, NULL, OPTION_UNIT},
    {"seq", required_argument, NULL, OPTION_SEQ},
    {"voted", required_argument, NULL, OPTION_VOTED},
    {"as-of", required_argument, NULL, OPTION_AS_OF},
    {"registered", required_argument, NULL, OPTION_REGISTERED},
    {"kind", required_argument, NULL, OPTION_KIND},
    {"reason", required_argument, NULL, OPTION_REASON},
    {"note", required_argument, NULL, OPTION_NOTE},
    {"key", required_argument, NULL, OPTION_KEY},
    {"key-id", required_argument, NULL, OPTION_KEY_ID},
    {"flush", no_argument, NULL, OPTION_FLUSH},
    {"server", required_argument, NULL, OPTION_SERVER},
    {"spool", required_argument, NULL, OPTION_SPOOL},
    {"wait", required_argument, NULL, OPTION_WAIT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static bool read_int32(const char *option, const char *value, uint64_t least, uint64_t most,
                       int32_t *ret_number)
{
    uint64_t number = 0;
    if (!option_number(option, value, least, most, &number)) {
        return false;
    }
    *ret_number = (int32_t)number;
    return true;
}

static bool read_as_of(const char *value, struct report *report)
{
    if (!rfc3339_parse(slice_of(value), &report->as_of, NULL) ||
        !slice_copy(slice_of(value), report->as_of_text, sizeof report->as_of_text)) {
        (void)fprintf(
            stderr, "--as-of %s: must be a time with its offset, such as 2026-03-15T15:00:00+07:00\n", value);
        return false;
    }
    return true;
}

static bool read_kind(const char *value, struct report *report)
{
    report->kind_given = report_kind_parse(slice_of(value), &report->kind);
    if (!report->kind_given) {
        (void)fprintf(stderr, "--kind %s: must be progress, final or correction\n", value);
    }
    return report->kind_given;
}

static bool read_reason(const char *value, struct report *report)
{
    if (!report_reason_parse(slice_of(value), &report->reason) || report->reason == REASON_NONE) {
        (void)fprintf(stderr, "--reason %s: must be miscount, mistyped, wrong-unit, roll-changed or other\n",
                      value);
        return false;
    }
    return true;
}

static bool read_note(const char *value, struct report *report)
{
    struct slice note = slice_of(value);
    size_t characters = 0;
    if (!text_is_utf8(note, &characters) || text_has_control(note) || characters > NOTE_CHARACTERS_MAX ||
        !slice_copy(note, report->note, sizeof report->note)) {
        (void)fprintf(stderr, "--note: must be UTF-8 of at most %d characters, on one line\n",
                      (int)NOTE_CHARACTERS_MAX);
        return false;
    }
    return true;
}

static bool read_key_id(const char *value, struct report *report)
{
    if (!text_is_key_id(slice_of(value)) || !slice_copy(slice_of(value), report->key, sizeof report->key)) {
        (void)fprintf(stderr, "--key-id %s: must be 1 to %d of A-Z a-z 0-9 . _ -\n", value,
                      (int)KEY_BYTES_MAX);
        return false;
    }
    return true;
}

/* One field of the report. */
static bool read_field(enum option_id option, const char *value, struct report_options *options)
{
    struct report *report = &options->report;
    options->any_field = true;
    if ((int)option < REQUIRED_COUNT) {
        options->required[option] = true;
    }
    switch ((int)option) {
    case OPTION_ELECTION:
        return option_code("--election", value, report->election);
    case OPTION_UNIT:
        return option_code("--unit", value, report->unit);
    case OPTION_SEQ:
        return read_int32("--seq", value, 1, SEQ_MAX, &report->seq);
    case OPTION_VOTED:
        return read_int32("--voted", value, 0, VOTERS_MAX, &report->voted);
    case OPTION_AS_OF:
        options->as_of_given = true;
        return read_as_of(value, report);
    case OPTION_REGISTERED:
        return read_int32("--registered", value, 0, VOTERS_MAX, &report->registered);
    case OPTION_KIND:
        return read_kind(value, report);
    case OPTION_REASON:
        return read_reason(value, report);
    case OPTION_KEY:
        options->key_path = value;
        return true;
    case OPTION_KEY_ID:
        return read_key_id(value, report);
    default:
        assert(option == OPTION_NOTE);
        return read_note(value, report);
    }
}

/* What only the whole command line can show. Returns EXIT_DONE when it is right. */
static int check_options(const char *command, const struct report_options *options)
{
    if (options->flush) {
        return options->any_field ? usage_error(command, "--flush sends what is spooled, and takes no report")
                                  : EXIT_DONE;
    }
    for (size_t i = 0; i < REQUIRED_COUNT; i++) {
        if (!options->required[i]) {
            return usage_error(command, "--%s is missing", long_options[i].name);
        }
    }
    if ((options->key_path != NULL) != (options->report.key[0] != '\0')) {
        return usage_error(command, "--key and --key-id belong together");
    }
    bool correction = options->report.kind == KIND_CORRECTION;
    if (correction && options->report.reason == REASON_NONE) {
        return usage_error(command, "a correction needs a --reason");
    }
    if (!correction && options->report.reason != REASON_NONE) {
        return usage_error(command, "--reason is for a correction");
    }
    return EXIT_DONE;
}

/* Returns EXIT_DONE, or the status to end with; *ret_help when help was asked for. */
static int read_options(int argc, char **argv, struct report_options *options, bool *ret_help)
{
    int option = 0;
    *ret_help = false;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        bool good = true;
        switch (option) {
        case OPTION_HELP:
            *ret_help = true;
            return EXIT_DONE;
        case OPTION_FLUSH:
            options->flush = true;
            break;
        case OPTION_SERVER:
            options->server = optarg;
            break;
        case OPTION_SPOOL:
            options->spool_path = optarg;
            break;
        case OPTION_WAIT:
            good = option_number("--wait", optarg, 0, WAIT_MOST_S, &options->wait_s);
            break;
        case '?':
            return EXIT_USAGE;
        default:
            good = read_field((enum option_id)option, optarg, options);
        }
        if (!good) {
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        return usage_error(argv[0], "what is `%s`?", argv[optind]);
    }
    return check_options(argv[0], options);
}

/* ---- into the spool ---- */

/* Now, in the offset of this place. */
static void stamp_now(struct report *report)
{
    time_t now = (time_t)(clock_wall_ms() / 1000);
    struct tm local = {0};
    int64_t offset_s = localtime_r(&now, &local) == NULL ? 0 : local.tm_gmtoff;
    report->as_of = now;
    rfc3339_format(now, (int32_t)(offset_s - offset_s % 60), report->as_of_text);
}

/* Whether two reports say the same; the time aside when it was not given but taken from the clock. */
static bool says_the_same(const struct report *spooled, const struct report *report, bool as_of_given)
{
    struct report compared = *report;
    if (!as_of_given) {
        compared.as_of = spooled->as_of;
        memcpy(compared.as_of_text, spooled->as_of_text, sizeof compared.as_of_text);
    }
    unsigned char digests[2][REPORT_DIGEST_BYTES];
    report_digest(spooled, digests[0]);
    report_digest(&compared, digests[1]);
    return memcmp(digests[0], digests[1], REPORT_DIGEST_BYTES) == 0;
}

/* Signs what is complete but for the signature, if it is to be signed. Returns EXIT_DONE when that went well. */
static int sign(struct report_options *options)
{
    unsigned char seed[SIGNING_SEED_BYTES];
    struct error error = {0};
    if (options->key_path == NULL) {
        return EXIT_DONE;
    }
    if (key_pem_read(options->key_path, seed, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "--key %s: %s; nothing was sent\n", options->key_path, error.text);
        return EXIT_USAGE;
    }
    report_sign(&options->report, seed);
    sodium_memzero(seed, sizeof seed);
    return EXIT_DONE;
}

/* Returns EXIT_DONE when the report is in the spool, as it may have been before. */
static int enqueue(struct spool *spool, struct report_options *options)
{
    struct report *report = &options->report;
    if (!options->as_of_given) {
        stamp_now(report);
    }
    int status = sign(options);
    if (status != EXIT_DONE) {
        return status;
    }
    struct report spooled;
    if (spool_find(spool, report->election, report->unit, report->seq, &spooled)) {
        if (says_the_same(&spooled, report, options->as_of_given)) {
            return EXIT_DONE;
        }
        (void)fprintf(stderr,
                      "unit %s, report %" PRId32 ": another one with this --seq waits in %s: %" PRId32
                      " voted as of %s. Give this one the next --seq\n",
                      report->unit, report->seq, spool->path, spooled.voted, spooled.as_of_text);
        return EXIT_USAGE;
    }
    struct error error = {0};
    if (spool_append(spool, report, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "%s; nothing was sent\n", error.text);
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

static int open_spool(const char *path, struct spool *ret_spool)
{
    struct error error = {0};
    enum turnout_error code = spool_open(path, false, ret_spool, &error);
    if (code == TURNOUT_IN_USE) {
        (void)fprintf(stderr, "%s; waiting for it\n", error.text);
        code = spool_open(path, true, ret_spool, &error);
    }
    if (code != TURNOUT_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        return EXIT_FAILED;
    }
    if (ret_spool->broken > 0) {
        (void)fprintf(stderr, "%s: %zu lines were no whole reports and are now in %s.broken: look at them\n",
                      path, ret_spool->broken, path);
    }
    return EXIT_DONE;
}

/* ---- out of the spool ---- */

static const char *meaning(const struct report_result *result)
{
    switch (result->status) {
    case STATUS_ACCEPTED:
        return "counted";
    case STATUS_DUPLICATE:
        return "had been counted before";
    case STATUS_SUPERSEDED:
        return "logged, not counted: a later report of this unit stands already";
    case STATUS_HELD:
        return "kept for the committee's decision, not counted yet";
    case STATUS_REJECTED:
        return report_code_title(result->code);
    case STATUS_UNAVAILABLE:
    case STATUS_COUNT:
        break;
    }
    assert(!"an answer that leaves the report open");
    return "";
}

/* Says what became of the report, and returns the exit status for it. */
static int tell_answer(const struct report *report, const struct report_result *result)
{
    (void)printf("%s: unit %s, report %" PRId32 ", %" PRId32 " voted as of %s: %s",
                 report_status_name(result->status), report->unit, report->seq, report->voted,
                 report->as_of_text, meaning(result));
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
                      "the receipt should be %s: the server took something other than what was sent\n",
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

/* Sends what is spooled, oldest first, until all is answered or `wait_s` is over. The spool is written anew once,
 * at the end: whatever was answered and is still in it after a crash is answered `duplicate` next time. */
static int deliver(struct spool *spool, struct http_client *client, uint64_t wait_s)
{
    struct http_response response = {0};
    struct error error = {0};
    int64_t deadline_ms = clock_monotonic_ms() + (int64_t)wait_s * 1000;
    int64_t pause = PAUSE_FIRST_MS;
    int status = EXIT_DONE;
    size_t answered = 0;
    while (answered < spool->count) {
        struct slice line = spool_line(spool, answered);
        struct report_result result;
        struct report report;
        if (send_report(client, line, &response, &result, &error) == TURNOUT_OK) {
            enum turnout_error code = report_json_parse(line.bytes, line.length, &report, NULL);
            assert(code == TURNOUT_OK); /* the spool holds nothing else */
            int told = tell_answer(&report, &result);
            status = told > status ? told : status;
            answered++;
            pause = PAUSE_FIRST_MS;
            continue;
        }
        int64_t left_ms = deadline_ms - clock_monotonic_ms();
        if (left_ms <= 0) {
            tell_spooled(spool, answered, error.text);
            status = status == EXIT_DONE ? EXIT_FAILED : status;
            break;
        }
        int64_t asked_ms = (int64_t)response.retry_after_s * 1000;
        int64_t rest_ms = asked_ms > pause ? asked_ms : pause;
        pause_ms(rest_ms < left_ms ? rest_ms : left_ms);
        pause = pause * 2 < PAUSE_MOST_MS ? pause * 2 : PAUSE_MOST_MS;
    }
    http_response_done(&response);
    if (spool_remove(spool, answered, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        status = status == EXIT_DONE ? EXIT_FAILED : status;
    }
    return status;
}

static int run(struct report_options *options, struct http_client *client)
{
    struct spool spool;
    int status = open_spool(options->spool_path, &spool);
    if (status != EXIT_DONE) {
        return status;
    }
    if (!options->flush) {
        status = enqueue(&spool, options);
    } else if (spool.count == 0) {
        (void)printf("nothing is spooled in %s\n", spool.path);
    }
    if (status == EXIT_DONE) {
        status = deliver(&spool, client, options->wait_s);
    }
    spool_close(&spool);
    return finish_output(status);
}

int command_report(int argc, char **argv)
{
    struct report_options options = {
        .server = "http://127.0.0.1:8081",
        .spool_path = "turnout-spool.ndjson",
        .report = {.registered = REGISTERED_ABSENT},
    };
    bool help = false;
    int status = read_options(argc, argv, &options, &help);
    if (status != EXIT_DONE) {
        return status;
    }
    if (help) {
        return usage_print("turnout report --election ID --unit CODE --seq N --voted N [OPTIONS]", usage);
    }
    struct http_client *client = NULL;
    struct error error = {0};
    if (http_client_new(options.server, REQUEST_TIMEOUT_MS, &client, &error) != TURNOUT_OK) {
        return usage_error(argv[0], "--server: %s", error.text);
    }
    status = run(&options, client);
    http_client_free(client);
    return status;
}
