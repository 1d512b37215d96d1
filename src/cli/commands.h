/* The commands of `turnout`. Each gets `turnout NAME` as argv[0], answers --help on standard output, and returns
 * the exit status: 0 done, 1 failed, 2 used wrongly; a command's help tells of any other. SIGPIPE is ignored. */
#ifndef TURNOUT_COMMANDS_H
#define TURNOUT_COMMANDS_H

int command_demo(int argc, char **argv);
int command_report(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_register(int argc, char **argv);
int command_keys(int argc, char **argv);
int command_simulate(int argc, char **argv);
int command_token(int argc, char **argv);
int command_reset(int argc, char **argv);

#endif
