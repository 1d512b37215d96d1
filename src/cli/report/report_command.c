/* `turnout report`: sends one unit's report to the server by way of the spool.
 *
 * Every report enters the spool first, and leaves it when it is answered. So new and old reports go the same way,
 * oldest first, and nothing is lost when this process ends. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <turnout/base/clock.h>
#include <turnout/wire/signature.h>

#include "client/http_client.h"
#include "client/this_machine.h"
#include "commands.h"
#include "report/report_signer.h"
#include "report/spool.h"
#include "report/spool_delivery.h"

enum {
    REQUEST_TIMEOUT_MS = 10000,
    WAIT_MOST_S = 86400,
};

struct report_options {
    const char *server;
    const char *spool_path;
    int64_t wait_s;
    bool flush;
    bool insecure;
    const char *election;
    const char *unit;
    struct setting_moment as_of;
    const char *key_path; /* NULL: unsigned */
    struct report report; /* its counts, kind, reason, note and key id; make_report() adds the rest */
};

/* ---- into the spool ---- */

/* The current time, in the local offset. */
static void stamp_now(struct report *report)
{
    time_t now = (time_t)(clock_wall_ms() / 1000);
    struct tm local = {0};
    int64_t offset_s = localtime_r(&now, &local) == NULL ? 0 : local.tm_gmtoff;
    report->as_of = now;
    rfc3339_format(now, (int32_t)(offset_s - offset_s % 60), report->as_of_text);
}

/* Whether two reports are the same; without the time, when that was taken from the clock. */
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

/* Makes the report of the options, without its signature. */
static struct report make_report(const struct report_options *options, const struct settings_values *values)
{
    struct report report = options->report;
    report.kind_given = settings_is_given(values, "kind");
    if (!settings_is_given(values, "registered")) {
        report.registered = REGISTERED_ABSENT;
    }
    if (options->as_of.text == NULL) {
        stamp_now(&report);
    } else {
        report.as_of = options->as_of.seconds;
    }
    bool fits = slice_copy(slice_of(options->election), report.election, sizeof report.election) &&
                slice_copy(slice_of(options->unit), report.unit, sizeof report.unit) &&
                (options->as_of.text == NULL ||
                 slice_copy(slice_of(options->as_of.text), report.as_of_text, sizeof report.as_of_text));
    assert(fits);
    return report;
}

/* The seq of a report without --seq. If the server does not tell it now, it names it when it refuses the report for
 * its seq. */
static int32_t next_seq(const struct spool *spool, struct http_client *client,
                        const struct report_signer *signer, const struct report *report)
{
    int32_t next = report_signer_ask_seq(signer, client, report->election, report->unit);
    int32_t spooled = spool_last_seq(spool, report->election, report->unit);
    return spooled >= next && spooled < SEQ_MAX ? spooled + 1 : next;
}

/* Puts the report into the spool, unless it is there already. Returns an exit status. */
static int enqueue(struct spool *spool, const struct report_options *options,
                   const struct report_signer *signer, struct report *report)
{
    bool is_signed = report_signer_sign(signer, report);
    assert(is_signed);
    struct report spooled;
    if (spool_find(spool, report->election, report->unit, report->seq, &spooled)) {
        if (says_the_same(&spooled, report, options->as_of.text != NULL)) {
            return EXIT_DONE;
        }
        (void)fprintf(stderr,
                      "unit %s, report %" PRId32 ": another report with this --seq waits in %s: %" PRId32
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
        return command_fail(&error);
    }
    if (ret_spool->broken > 0) {
        (void)fprintf(stderr,
                      "%s: %zu lines were not complete reports; they are now in %s.broken: check them\n",
                      path, ret_spool->broken, path);
    }
    return EXIT_DONE;
}

/* Sends the spool. If it is empty, the newest acknowledged report is sent again, to ask whether the others still
 * count. */
static int deliver(struct spool *spool, struct http_client *client, const struct report_options *options,
                   const struct report_signer *signer)
{
    struct error error = {0};
    struct spool_kept kept;
    if (spool_kept_open(spool, clock_wall_ms() / 1000, &kept, &error) != TURNOUT_OK) {
        return command_fail(&error);
    }
    int status = spool->count == 0 && spool_kept_ask(&kept, &error) != TURNOUT_OK
                     ? command_fail(&error)
                     : spool_deliver(spool, &kept, client, signer, options->wait_s);
    spool_kept_close(&kept);
    return status;
}

static int send_and_flush(const struct command_line *line, struct http_client *client,
                          const struct report_signer *signer)
{
    const struct report_options *options = line->options;
    struct spool spool;
    int status = open_spool(options->spool_path, &spool);
    if (status != EXIT_DONE) {
        return status;
    }
    if (!options->flush) {
        struct report report = make_report(options, line->values);
        if (report.seq == 0) {
            report.seq = next_seq(&spool, client, signer, &report);
        }
        status = enqueue(&spool, options, signer, &report);
    } else if (spool.count == 0) {
        (void)printf("nothing is spooled in %s\n", spool.path);
    }
    if (status == EXIT_DONE) {
        status = deliver(&spool, client, options, signer);
    }
    spool_close(&spool);
    return finish_output(status);
}

/* ---- the command line ---- */

static enum turnout_error read_reason(const char *text, void *target, struct error *error)
{
    struct report_options *options = target;
    if (!report_reason_parse(slice_of(text), &options->report.reason) ||
        options->report.reason == REASON_NONE) {
        return error_fail(error, TURNOUT_BAD_INPUT, "reason",
                          "must be miscount, mistyped, wrong-unit, roll-changed or other");
    }
    return TURNOUT_OK;
}

static enum turnout_error read_note(const char *text, void *target, struct error *error)
{
    struct report_options *options = target;
    struct slice note = slice_of(text);
    size_t characters = 0;
    if (!text_is_utf8(note, &characters) || characters > NOTE_CHARACTERS_MAX ||
        !slice_copy(note, options->report.note, sizeof options->report.note)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "note", "must have at most %d characters",
                          NOTE_CHARACTERS_MAX);
    }
    return TURNOUT_OK;
}

static enum turnout_error read_key_id(const char *text, void *target, struct error *error)
{
    struct report_options *options = target;
    if (!text_is_key_id(slice_of(text)) ||
        !slice_copy(slice_of(text), options->report.key, sizeof options->report.key)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "key-id", "must be 1 to %d of A-Z a-z 0-9 . _ -",
                          KEY_BYTES_MAX);
    }
    return TURNOUT_OK;
}

#define AT(member) SETTING_AT(struct report_options, member)

static const char *const kinds[] = {
    [KIND_PROGRESS] = "progress", [KIND_FINAL] = "final", [KIND_CORRECTION] = "correction", NULL};

/* The report comes first: what it must have, then what it may have. */
static const struct setting settings[] = {
    {.name = "election", .kind = SETTING_CODE, AT(election), .takes = "ID", .help = "the election's id"},
    {.name = "unit", .kind = SETTING_CODE, AT(unit), .takes = "CODE", .help = "the polling unit's code"},
    {.name = "voted",
     .kind = SETTING_NUMBER,
     AT(report.voted),
     .takes = "N",
     .most = VOTERS_MAX,
     .help = "how many have voted since the polls opened"},
    {.name = "seq",
     .kind = SETTING_NUMBER,
     AT(report.seq),
     .takes = "N",
     .least = 1,
     .most = SEQ_MAX,
     .help = "the unit's own number for this report: 1, 2, 3 ...; default the next one"},
    {.name = "as-of",
     .kind = SETTING_MOMENT,
     AT(as_of),
     .takes = "TIME",
     .help = "when they were counted, 2026-03-15T15:00:00+07:00; default now"},
    {.name = "registered",
     .kind = SETTING_NUMBER,
     AT(report.registered),
     .takes = "N",
     .most = VOTERS_MAX,
     .help = "the number of registered voters now; default unchanged"},
    {.name = "kind",
     .kind = SETTING_CHOICE,
     AT(report.kind),
     .words = kinds,
     .takes = "KIND",
     .help = "progress, final or correction; default progress"},
    {.name = "reason",
     .kind = SETTING_OWN,
     .read = read_reason,
     .takes = "REASON",
     .help = "for a correction: miscount, mistyped, wrong-unit, roll-changed or other"},
    {.name = "test",
     .kind = SETTING_FLAG,
     AT(report.test),
     .help = "makes it a test report, for a rehearsal: it does not count"},
    {.name = "note", .kind = SETTING_OWN, .read = read_note, .takes = "TEXT", .help = "up to 200 characters"},
    {.name = "key",
     .kind = SETTING_PATH,
     AT(key_path),
     .takes = "FILE",
     .help = "signs it with this private key, as `turnout keys make` or openssl wrote it"},
    {.name = "key-id",
     .kind = SETTING_OWN,
     .read = read_key_id,
     .takes = "ID",
     .help = "the id of that key in keys.csv"},
    {.name = "flush", .kind = SETTING_FLAG, AT(flush), .help = "sends only what is spooled"},
    SERVER_URL(struct report_options, server, "http://127.0.0.1:8081", "the HTTP intake"),
    {.name = "spool",
     .kind = SETTING_PATH,
     AT(spool_path),
     .standard = "turnout-spool.ndjson",
     .takes = "FILE",
     .help = "where reports wait for their answer; FILE.kept has acknowledged ones, in case the server loses "
             "them"},
    {.name = "wait",
     .kind = SETTING_NUMBER,
     AT(wait_s),
     .standard = "0",
     .takes = "SECONDS",
     .most = WAIT_MOST_S,
     .help = "how long to keep trying while the server is away"},
    INSECURE_OPTION(struct report_options, insecure),
    COMMAND_HELP,
};

#undef AT

enum { REQUIRED_FIELDS = 3, REPORT_FIELDS = 10 };

/* Checks options that depend on each other. Returns EXIT_DONE when they are valid. */
static int check_options(const struct command_line *line)
{
    const struct report_options *options = line->options;
    const struct report *report = &options->report;
    for (size_t i = 0; i < REPORT_FIELDS; i++) {
        bool is_given = settings_is_given(line->values, settings[i].name);
        if (options->flush && is_given) {
            return usage_error(line->name, "--flush sends what is spooled, and takes no report");
        }
        if (!options->flush && !is_given && i < REQUIRED_FIELDS) {
            return usage_error(line->name, "--%s is missing", settings[i].name);
        }
    }
    if ((options->key_path != NULL) != (report->key[0] != '\0')) {
        return usage_error(line->name, "--key and --key-id belong together");
    }
    if (report->kind == KIND_CORRECTION && report->reason == REASON_NONE) {
        return usage_error(line->name, "a correction needs a --reason");
    }
    if (report->kind != KIND_CORRECTION && report->reason != REASON_NONE) {
        return usage_error(line->name, "--reason is for a correction");
    }
    return EXIT_DONE;
}

static int run(const struct command_line *line)
{
    const struct report_options *options = line->options;
    struct http_client *client = NULL;
    struct report_signer signer;
    struct error error = {0};
    int status = check_options(line);
    if (status != EXIT_DONE) {
        return status;
    }
    if (report_signer_init(options->key_path, options->report.key, &signer, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "--key %s: %s; nothing was sent\n", options->key_path, error.text);
        return EXIT_USAGE;
    }
    if (http_client_new(options->server, options->insecure, REQUEST_TIMEOUT_MS, &client, &error) !=
        TURNOUT_OK) {
        return usage_error(line->name, "--server: %s", error.text);
    }
    status = send_and_flush(line, client, &signer);
    http_client_free(client);
    report_signer_done(&signer);
    return status;
}

const struct command command_report = {
    .name = "report",
    .purpose = "Sends one unit's report.",
    .usage = "--election ID --unit CODE --voted N [OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct report_options),
    .notes = "Exit status: 0 taken, 1 still spooled or failed, 2 wrong usage, 3 it does not count.",
    .run = run,
};
