/* `turnout register`: checks an election's folder, or makes one out of a table of provinces. */
#include "commands.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/fault_limit.h>
#include <turnout/election/register_smells.h>
#include <turnout/wire/register_digest.h>

#include "client/read_election.h"
#include "register/register_make.h"
#include "register/zone_smells.h"

/* Prints the warnings. */
static void warn(const struct election_folder *folder, const char *folder_path)
{
    struct fault_limit limit = {.on_fault = print_fault, .context = &folder_path};
    struct faults faults = {.on_fault = fault_limit_tell, .context = &limit};
    const struct election *election = &folder->election;
    zone_smells(election, &faults);
    register_smell_name("election.ini", election->id, "name", election->name, &faults);
    register_smell_name("election.ini", election->id, "name_en", election->name_en, &faults);
    register_smells(folder->reg, &faults);
    fault_limit_end(&limit);
}

static int check(const char *folder_path)
{
    struct election_folder folder;
    struct error error;
    struct signing_keys *keys;
    if (read_election_and_keys(folder_path, print_fault, &folder_path, &folder, &keys, &error) !=
        TURNOUT_OK) {
        (void)command_fail(&error);
        return EXIT_USAGE;
    }
    warn(&folder, folder_path);
    char fingerprint[RECEIPT_BYTES];
    register_fingerprint(folder.reg->digest, fingerprint);
    (void)printf("%" PRIu32 " areas, %" PRIu32 " units, %" PRId64 " registered, %zu keys, fingerprint %s\n",
                 folder.reg->area_count, folder.reg->unit_count,
                 folder.reg->areas[REGISTER_NATION].registered, signing_keys_count(keys), fingerprint);
    signing_keys_release(keys);
    election_folder_done(&folder);
    return finish_output(EXIT_DONE);
}

static int run_check(const struct command_line *line)
{
    return check(line->words[0]);
}

static int run_make(const struct command_line *line)
{
    const char *to = line->words[line->word_count - 1];
    struct error error;
    enum turnout_error failed = register_make(line->words[0], to, &error);
    if (failed != TURNOUT_OK) {
        (void)command_fail(&error);
        return failed == TURNOUT_SYSTEM ? EXIT_FAILED : EXIT_USAGE;
    }
    return check(to);
}

static const struct setting settings[] = {COMMAND_HELP};

static const char notes[] =
    "Exit status: 0 no fault, 1 a file cannot be written, 2 a fault in the command line or the folder.";

const struct command command_register_check = {
    .name = "register check",
    .purpose =
        "Reads election.ini, areas.csv, units.csv and keys.csv in DIR, and prints every fault it finds to\n"
        "standard error as `file:line: what is wrong; what to do`. What is allowed but looks like a mistake\n"
        "is a `warning:` there, and no fault. Without faults, prints the counts and the fingerprint, which\n"
        "turnoutd also names when it starts: read it aloud to see that everybody has the same register.",
    .usage = "DIR",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .word = "folder",
    .words_most = 1,
    .notes = notes,
    .run = run_check,
};

const struct command command_register_make = {
    .name = "register make",
    .purpose =
        "Expands FROM/provinces.csv and FROM/communes.csv into TO/areas.csv and TO/units.csv, the same on\n"
        "every machine. Where TO is another folder than FROM, election.ini and checkpoints.csv are copied\n"
        "as well.",
    .usage = "FROM [TO]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .word = "folder",
    .words_most = 2,
    .notes = notes,
    .run = run_make,
};
