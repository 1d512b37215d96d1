/* `turnout backup` and `turnout restore`: copy a data folder, and put the copy back when the folder is lost. */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <turnout/base/private_file.h>
#include <turnout/store/bulletin_number.h>
#include <turnout/store/data_copy.h>
#include <turnout/store/last_known.h>

struct backup_options {
    const char *data;
    const char *yes; /* restore only */
};

/* False, and *ret_known zeroed, when the folder remembers nothing. Damage is reported, but does not stop the
 * command. */
static bool read_known(const char *data, struct last_known *ret_known)
{
    struct error error;
    *ret_known = (struct last_known){.province_count = 0};
    enum turnout_error failed = last_known_read(data, ret_known, &error);
    if (failed != TURNOUT_OK && failed != TURNOUT_NOT_FOUND) {
        (void)command_fail(&error);
    }
    return failed == TURNOUT_OK;
}

static void describe(const char *what, const struct last_known *known)
{
    char words[LAST_KNOWN_WORDS_BYTES];
    last_known_describe(known, words);
    (void)printf("  %-20s %s: %s\n", what, known->election, words);
}

/* ---- backup ---- */

static int back_up(const struct command_line *line)
{
    const struct backup_options *options = line->options;
    const char *to = line->words[0];
    struct error error;
    struct last_known known;
    bool has_redis;
    if (access(to, F_OK) == 0) {
        (void)fprintf(stderr, "%s exists: name a folder that does not\n", to);
        return EXIT_FAILED;
    }
    if (data_copy(options->data, to, &has_redis, &error) != TURNOUT_OK) {
        return command_fail(&error);
    }
    (void)printf("%s holds a copy of %s\n", to, options->data);
    if (read_known(to, &known)) {
        describe("in it, at least:", &known);
    }
    last_known_done(&known);
    if (!has_redis) {
        (void)printf("  without Redis's files: whoever runs Redis must copy them\n");
    }
    return finish_output(EXIT_DONE);
}

/* ---- restore ---- */

static bool is_confirmed(const struct backup_options *options, const char *election)
{
    return options->yes != NULL
               ? strcmp(options->yes, election) == 0
               : command_confirm(
                     "What was reported after the copy is not in it. Type the election's id to go on",
                     election);
}

/* `has_known`: the folder itself has a last-known, at least as new as the copy's. */
static void say_what_is_next(bool has_known)
{
    if (has_known) {
        (void)printf("restored. Start turnoutd: it reports what it has seen and the copy lacks. "
                     "`turnout accept-loss` gives that up\n");
    } else {
        (void)printf(
            "restored. This folder does not know what came after the copy. If anything may have, run "
            "`turnout accept-loss` before starting turnoutd: units then send again what they kept\n");
    }
}

static int put_back(const struct backup_options *options, const char *from)
{
    struct error error;
    struct last_known of_copy;
    struct last_known of_folder;
    bool has_redis;
    int status = EXIT_FAILED;
    bool is_known = read_known(from, &of_copy);
    bool has_known = read_known(options->data, &of_folder);
    if (!is_known) {
        (void)fprintf(stderr, "%s: cannot tell of which election this copy is\n", from);
    } else if (has_known && strcmp(of_copy.election, of_folder.election) != 0) {
        (void)fprintf(stderr, "%s is of the election %s, and %s of %s\n", from, of_copy.election,
                      options->data, of_folder.election);
    } else {
        describe("the copy, at least:", &of_copy);
        if (has_known) {
            describe("the folder:", &of_folder);
        }
        if (!is_confirmed(options, of_copy.election)) {
            (void)fprintf(stderr, "that is not %s: nothing was changed\n", of_copy.election);
        } else if (data_copy(from, options->data, &has_redis, &error) != TURNOUT_OK ||
                   (!has_known && bulletin_number_leap(options->data, &error) != TURNOUT_OK)) {
            (void)command_fail(&error);
        } else {
            say_what_is_next(has_known);
            status = finish_output(EXIT_DONE);
        }
    }
    last_known_done(&of_copy);
    last_known_done(&of_folder);
    return status;
}

static int restore(const struct command_line *line)
{
    const struct backup_options *options = line->options;
    struct private_folder data;
    struct error error;
    int status = EXIT_FAILED;
    if (private_folder_open(options->data, PRIVATE_FOLDER_MADE, "data", &data, &error) != TURNOUT_OK) {
        return command_fail(&error);
    }
    if (flock(data.fd, LOCK_EX | LOCK_NB) != 0) {
        (void)fprintf(stderr, "--data %s: turnoutd runs there; stop it first\n", options->data);
    } else {
        status = put_back(options, line->words[0]);
    }
    private_folder_close(&data);
    return status;
}

/* ---- the command lines ---- */

#define AT(member) SETTING_AT(struct backup_options, member)

#define DATA DATA_FOLDER(struct backup_options, data, "turnoutd's data folder")

static const struct setting backup_settings[] = {DATA, COMMAND_HELP};
static const struct setting restore_settings[] = {
    DATA,
    {.name = "yes", .kind = SETTING_TEXT, AT(yes), .takes = "ID", .help = "the election's id: does not ask"},
    COMMAND_HELP,
};

#undef AT

const struct command command_backup = {
    .name = "backup",
    .purpose = "Copies a data folder, also while turnoutd runs.",
    .usage = "DIR [OPTIONS]",
    .settings = {backup_settings, sizeof backup_settings / sizeof backup_settings[0]},
    .options_bytes = sizeof(struct backup_options),
    .word = "folder",
    .words_most = 1,
    .notes =
        "DIR must not exist. It becomes a complete data folder: as secret, and turnoutd can start on it.\n"
        "Where somebody else runs Redis, they must copy its files.\n"
        "Exit status: 0 copied, 1 not copied, 2 wrong usage.",
    .run = back_up,
};

const struct command command_restore = {
    .name = "restore",
    .purpose = "Restores a copy made by `turnout backup` into a data folder that has lost its files.",
    .usage = "DIR [OPTIONS]",
    .settings = {restore_settings, sizeof restore_settings / sizeof restore_settings[0]},
    .options_bytes = sizeof(struct backup_options),
    .word = "folder",
    .words_most = 1,
    .notes =
        "Files that the data folder still has are kept: they are newer than the copy. Only `redis` must\n"
        "not exist in it.\n"
        "Standard input: the election's id; anything else changes nothing.\n"
        "Exit status: 0 restored, 1 not restored, 2 wrong usage.",
    .run = restore,
};
