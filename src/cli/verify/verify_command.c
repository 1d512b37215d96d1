/* `turnout verify`: recomputes an export from its signed reports, with no server and no Redis. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

#include "commands.h"
#include "verify/verify_unit.h"
#include "verify/verify_workers.h"

enum { FAULTS_PRINTED_MAX = 20 };

struct verify_options {
    const char *unit;
    const char *receipt;
};

/* What was found in all of it. */
struct verdict {
    int64_t faults;
    int64_t lines_behind;
    struct log_replay_counts counts;
};

/* ---- telling ---- */

static void print_fault_of(struct verdict *verdict, const char *text)
{
    verdict->faults++;
    if (verdict->faults <= FAULTS_PRINTED_MAX) {
        (void)fprintf(stderr, "%s\n", text);
    }
}

static void print_not_checked(int64_t count, const char *what)
{
    if (count > 0) {
        (void)printf("  %" PRId64 " %s\n", count, what);
    }
}

/* What is there, but stands on somebody's word. */
static void print_trust(const struct verify_export *export, const struct verdict *verdict)
{
    const struct log_replay_counts *counts = &verdict->counts;
    (void)printf("could not be checked:\n");
    if (export->bulletin_count > 0) {
        (void)printf("  that %s is the election's key: compare it with one from elsewhere\n",
                     export->signing_key_text);
    }
    (void)printf("  that areas.csv, units.csv, keys.csv and election.ini are the election's: compare their "
                 "sums with the election's own\n");
    print_not_checked(counts->vouched, "reports that an office vouched for and no unit signed: only their "
                                       "sums were checked");
    print_not_checked(counts->revoked,
                      "reports signed by a key that keys.csv revokes as of an earlier moment");
    print_not_checked(counts->unsigned_tests, "test reports that nobody signed");
    print_not_checked(counts->decisions, "decisions of committees, which nobody signs");
    print_not_checked(export->losses, "losses of reports, which somebody has accepted: " EXPORT_LEDGER_FILE
                                      " has who and when");
    print_not_checked(verdict->lines_behind,
                      "lines of the log behind the newest bulletin: that they are all, "
                      "only the export says");
}

static void print_sound(const struct verify_export *export, const struct verdict *verdict)
{
    const struct log_replay_counts *counts = &verdict->counts;
    (void)printf("%s: sound\n", export->folder.election.id);
    for (size_t i = 0; i < export->bulletin_count; i++) {
        const struct verify_bulletin *bulletin = &export->bulletins[i];
        char label[BULLETIN_LABEL_BYTES];
        memcpy(label, bulletin->statement.label, sizeof label);
        text_make_showable(label);
        (void)printf("  bulletin %" PRId64 " (%s%s): %" PRId64 " of %" PRId64 ", recomputed; SHA-256 %s\n",
                     bulletin->number, label, bulletin->statement.is_rehearsal ? ", rehearsal" : "",
                     bulletin->nation.voted, bulletin->nation.registered, bulletin->sha256);
    }
    (void)printf("  %" PRId64 " lines of the log, %" PRId64 " good signatures of reports\n", counts->lines,
                 counts->is_signed);
    print_trust(export, verdict);
}

/* ---- checking ---- */

static void add_result(struct verdict *verdict, const struct verify_result *result)
{
    struct log_replay_counts *counts = &verdict->counts;
    counts->lines += result->counts.lines;
    counts->is_signed += result->counts.is_signed;
    counts->revoked += result->counts.revoked;
    counts->vouched += result->counts.vouched;
    counts->unsigned_tests += result->counts.unsigned_tests;
    counts->decisions += result->counts.decisions;
    verdict->lines_behind += result->lines_behind;
    if (result->fault[0] != '\0') {
        print_fault_of(verdict, result->fault);
    }
}

static int verify_all(struct verify_export *export)
{
    const struct election_register *reg = export->folder.reg;
    struct verify_result *results = memory_new_array(reg->area_count, sizeof *results);
    struct verdict verdict = {.faults = 0};
    for (size_t i = 0; i < export->bulletin_count; i++) {
        verify_export_bulletin(export, i, REGISTER_NONE);
        if (export->bulletins[i].fault[0] != '\0') {
            print_fault_of(&verdict, export->bulletins[i].fault);
        }
    }
    verify_all_communes(export, results);
    for (uint32_t area = reg->province_count + 1; area < reg->area_count; area++) {
        add_result(&verdict, &results[area]);
    }
    free(results);
    if (verdict.faults > 0) {
        if (export->losses > 0) {
            (void)fprintf(stderr,
                          EXPORT_LEDGER_FILE ": a loss of reports was accepted: bulletins from before it "
                                             "may name lines that are lost\n");
        }
        (void)fprintf(stderr,
                      "%s: NOT sound: %" PRId64 " bulletins or communes with something wrong; of each "
                      "the first line that is wrong is named%s\n",
                      export->folder.election.id, verdict.faults,
                      verdict.faults > FAULTS_PRINTED_MAX ? ", of the first 20" : "");
        return EXIT_FAILED;
    }
    print_sound(export, &verdict);
    return finish_output(EXIT_DONE);
}

static int verify(const struct verify_options *options, struct verify_export *export)
{
    if (options->unit == NULL) {
        return verify_all(export);
    }
    uint32_t unit = register_find_unit(export->folder.reg, slice_of(options->unit));
    if (unit == REGISTER_NONE) {
        (void)fprintf(stderr, "--unit %s: no unit of %s\n", options->unit, export->folder.election.id);
        return EXIT_USAGE;
    }
    return verify_unit(export, unit, options->receipt);
}

static int run(const struct command_line *line)
{
    const struct verify_options *options = line->options;
    struct verify_export export;
    struct error error;
    if ((options->unit == NULL) != (options->receipt == NULL)) {
        return usage_error(line->name, "--unit and --receipt go together");
    }
    int status = EXIT_FAILED;
    if (verify_export_open(line->words[0], &export, &error) == TURNOUT_OK) {
        status = verify(options, &export);
    } else {
        (void)fprintf(stderr, "%s\n", error.text);
    }
    verify_export_close(&export);
    return status;
}

/* ---- the command line ---- */

#define AT(member) SETTING_AT(struct verify_options, member)

static const struct setting settings[] = {
    {.name = "unit",
     .kind = SETTING_CODE,
     AT(unit),
     .takes = "CODE",
     .help = "follows this unit's report up to the nation, and nothing else"},
    {.name = "receipt",
     .kind = SETTING_TEXT,
     AT(receipt),
     .takes = "CODE",
     .help = "with --unit: the receipt of the report"},
    COMMAND_HELP,
};

#undef AT

const struct command command_verify = {
    .name = "verify",
    .purpose = "Checks an export, and recomputes every figure of its bulletins from the reports.",
    .usage = "DIR [OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct verify_options),
    .word = "folder",
    .words_least = 1,
    .words_most = 1,
    .notes =
        "DIR is what `turnout export` has made. Neither a server nor Redis is asked. Checked are: each\n"
        "report's signature, and that the rules make of it what the log says; that the log of each commune\n"
        "leads to the head that each bulletin names; each file's SHA-256, each sum, each unit's figures; "
        "the\n"
        "signature of each bulletin, and that it names the one before.\n"
        "Standard error: what is wrong, by file and line. Standard output: what was found, and what could "
        "not\n"
        "be checked.\n"
        "Exit status: 0 sound, 1 something is wrong or cannot be read, 2 used wrongly.",
    .run = run,
};
