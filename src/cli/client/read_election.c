/* Reads an election's folder for a subcommand. */
#include "client/read_election.h"

#include <stdio.h>

#include <turnout/store/election_keys.h>

#include "command.h"

enum turnout_error read_election_and_keys(const char *path, fault_fn *on_fault, void *context,
                                          struct election_folder *ret_folder, struct signing_keys **ret_keys,
                                          struct error *error)
{
    enum turnout_error failed = election_folder_read(path, on_fault, context, ret_folder, error);
    if (failed == TURNOUT_OK && ret_keys != NULL) {
        failed = election_keys_read(path, ret_folder->reg, on_fault, context, ret_keys, error);
        if (failed != TURNOUT_OK) {
            election_folder_done(ret_folder);
        }
    }
    return failed;
}

int read_election(const char *path, struct election_folder *ret_folder, struct signing_keys **ret_keys)
{
    struct error error;
    if (read_election_and_keys(path, print_fault, NULL, ret_folder, ret_keys, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "--election: %s\n", error.text);
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}
