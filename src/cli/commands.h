/* The commands of `turnout`, each in a folder of its own, and running the one that a command line names. */
#ifndef TURNOUT_CLI_COMMANDS_H
#define TURNOUT_CLI_COMMANDS_H

#include "command.h"

extern const struct command command_demo;
extern const struct command command_report;
extern const struct command command_watch;
extern const struct command command_register_check;
extern const struct command command_register_make;
extern const struct command command_register_diff;
extern const struct command command_register_apply;
extern const struct command command_keys_make;
extern const struct command command_keys_revoke;
extern const struct command command_keys_list;
extern const struct command command_simulate;
extern const struct command command_token_make;
extern const struct command command_token_revoke;
extern const struct command command_token_list;
extern const struct command command_log;
extern const struct command command_export;
extern const struct command command_verify;
extern const struct command command_audit;
extern const struct command command_phase_open;
extern const struct command command_phase_close;
extern const struct command command_unit_void;
extern const struct command command_unit_excuse;
extern const struct command command_reset;
extern const struct command command_accept_loss;
extern const struct command command_backup;
extern const struct command command_restore;

/* Runs the command line of main() and returns the exit status. SIGPIPE is ignored. */
int commands_run(int argc, char **argv, const char *version);

#endif
