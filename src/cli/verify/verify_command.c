/* `turnout verify`: recomputes an export from its signed reports, without server or Redis. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

#include "client/all_cores.h"
#include "client/verdict.h"
#include "commands.h"
#include "verify/verify_commune.h"
#include "verify/verify_unit.h"

struct verify_options {
    const char *unit;
    const char *receipt;
};

/* ---- telling ---- */

/* Prints what the export has without proof. */
static void print_trust(const struct verify_export *export, const struct verdict *verdict,
                        int64_t lines_behind)
{
    (void)printf("could not be checked:\n");
    if (export->bulletin_count > 0) {
        (void)printf("  that %s is the election's key: compare it with one from elsewhere\n",
                     export->signing_key_text);
    }
    (void)printf("  that areas.csv, units.csv, keys.csv and election.ini are the election's: compare their "
                 "sums with the election's own\n");
    verdict_print_unproven(verdict);
    verdict_print_count(export->losses, "losses of reports, which a person has accepted: " EXPORT_LEDGER_FILE
                                        " has who and when");
    verdict_print_count(lines_behind, "lines of the log after the newest bulletin: whether there were "
                                      "more, no bulletin proves");
}

static void print_sound(const struct verify_export *export, const struct verdict *verdict,
                        int64_t lines_behind)
{
    const struct log_replay_counts *counts = &verdict->counts;
    (void)printf("%s: sound\n", export->folder.election.id);
    for (size_t i = 0; i < export->bulletin_count; i++) {
        const struct verify_bulletin *bulletin = &export->bulletins[i];
        (void)printf("  bulletin %" PRId64 " (%s%s): %" PRId64 " of %" PRId64 ", recomputed; SHA-256 %s\n",
                     bulletin->number, bulletin->statement.label,
                     bulletin->statement.is_rehearsal ? ", rehearsal" : "", bulletin->nation.voted,
                     bulletin->nation.registered, bulletin->sha256);
    }
    (void)printf("  %" PRId64 " lines of the log, %" PRId64 " valid signatures of reports\n", counts->lines,
                 counts->is_signed);
    print_trust(export, verdict, lines_behind);
}

/* ---- checking ---- */

/* All communes. */
struct checking {
    const struct verify_export *export;
    struct verify_result *results; /* [0] the first commune's */
};

static void check_commune(void *context, uint32_t number)
{
    const struct checking *checking = context;
    uint32_t first = checking->export->folder.reg->province_count + 1;
    verify_commune(checking->export, first + number, &checking->results[number]);
}

/* Returns the number of log lines after the newest bulletin. */
static int64_t check_communes(const struct verify_export *export, struct verdict *verdict)
{
    const struct election_register *reg = export->folder.reg;
    uint32_t count = reg->area_count - 1 - reg->province_count;
    struct checking checking = {export, memory_new_array(count, sizeof *checking.results)};
    struct progress progress = progress_begin(count, "communes");
    int64_t lines_behind = 0;
    all_cores_run(count, check_commune, &checking, &progress);
    progress_end(&progress);
    for (uint32_t i = 0; i < count; i++) {
        verdict_add_counts(verdict, &checking.results[i].counts);
        lines_behind += checking.results[i].lines_behind;
        if (checking.results[i].fault[0] != '\0') {
            verdict_add_fault(verdict, checking.results[i].fault);
        }
    }
    free(checking.results);
    return lines_behind;
}

static int verify_all(struct verify_export *export)
{
    struct verdict verdict = {.faults = 0};
    for (size_t i = 0; i < export->bulletin_count; i++) {
        verify_export_bulletin(export, i, REGISTER_NONE);
        if (export->bulletins[i].fault[0] != '\0') {
            verdict_add_fault(&verdict, export->bulletins[i].fault);
        }
    }
    int64_t lines_behind = check_communes(export, &verdict);
    if (verdict.faults > 0) {
        if (export->losses > 0) {
            (void)fprintf(stderr,
                          EXPORT_LEDGER_FILE ": a loss of reports was accepted: bulletins from before it "
                                             "may name lines that are lost\n");
        }
        (void)fprintf(stderr,
                      "%s: NOT sound: %" PRId64 " bulletins or communes have faults; the first fault of "
                      "each is named%s\n",
                      export->folder.election.id, verdict.faults,
                      verdict.faults > VERDICT_FAULTS_MAX ? ", of the first 20" : "");
        return EXIT_FAILED;
    }
    print_sound(export, &verdict, lines_behind);
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
    int status = verify_export_open(line->words[0], &export, &error) == TURNOUT_OK ? verify(options, &export)
                                                                                   : command_fail(&error);
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
     .help = "only follows this unit's report up to the nation"},
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
    .words_most = 1,
    .notes =
        "DIR was made by `turnout export`. No server and no Redis is needed. Checks each report's "
        "signature,\n"
        "and that the rules give the outcome in the log; that the log of each commune leads to the head "
        "that\n"
        "each bulletin names; each file's SHA-256, each sum, each unit's figures; the signature of each\n"
        "bulletin, and that it names the one before.\n"
        "Standard error: what is wrong, by file and line. Standard output: the result, and what could not\n"
        "be checked.\n"
        "Exit status: 0 sound, 1 something is wrong or cannot be read, 2 wrong usage.",
    .run = run,
};
