/* `turnout register`: checks an election's folder, or makes one out of a table of provinces. */
#include "commands.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <turnout/store/election_folder.h>
#include <turnout/store/election_keys.h>

#include "command_options.h"
#include "register/register_make.h"

static const char help[] =
    "usage: turnout register check DIR\n"
    "       turnout register make FROM [TO]\n"
    "\n"
    "check reads election.ini, areas.csv, units.csv and keys.csv in DIR and prints every fault it finds to "
    "standard\n"
    "error as `file:line: what is wrong; what to do`.\n"
    "\n"
    "make expands FROM/provinces.csv and FROM/communes.csv into TO/areas.csv and TO/units.csv, the same on "
    "every\n"
    "machine. Where TO is another folder than FROM, election.ini and checkpoints.csv are copied as well.\n"
    "\n"
    "Exit status: 0 done and sound, 1 a file cannot be written, 2 the command line or the folder is at "
    "fault.\n";

static void print_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    const char *folder = context;
    (void)fprintf(stderr, "%s/%s", folder, file);
    if (line > 0) {
        (void)fprintf(stderr, ":%" PRIu32, line);
    }
    (void)fprintf(stderr, ": %s%s%s\n", error->field, error->field[0] == '\0' ? "" : ": ", error->text);
}

static int check(char *folder_path)
{
    struct election_folder folder;
    struct error error;
    if (election_folder_read(folder_path, print_fault, folder_path, &folder, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        return EXIT_USAGE;
    }
    struct signing_keys *keys;
    if (election_keys_read(folder_path, folder.reg, print_fault, folder_path, &keys, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        election_folder_done(&folder);
        return EXIT_USAGE;
    }
    (void)printf("%" PRIu32 " areas, %" PRIu32 " units, %" PRId64 " registered, %zu keys\n",
                 folder.reg->area_count, folder.reg->unit_count,
                 folder.reg->areas[REGISTER_NATION].registered, signing_keys_count(keys));
    signing_keys_release(keys);
    election_folder_done(&folder);
    return finish_output(EXIT_DONE);
}

static int make(const char *from, char *to)
{
    struct error error;
    enum turnout_error failed = register_make(from, to, &error);
    if (failed != TURNOUT_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        return failed == TURNOUT_SYSTEM ? EXIT_FAILED : EXIT_USAGE;
    }
    return check(to);
}

int command_register(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0) {
        (void)fputs(help, stdout);
        return finish_output(EXIT_DONE);
    }
    if (strcmp(what, "check") == 0 && argc == 3) {
        return check(argv[2]);
    }
    if (strcmp(what, "make") == 0 && (argc == 3 || argc == 4)) {
        return make(argv[2], argv[argc - 1]);
    }
    return usage_error(argv[0], "expected `check DIR` or `make FROM [TO]`");
}
