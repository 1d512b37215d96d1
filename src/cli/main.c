/* `turnout`, the command for people: finds the command that was named and hands over. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/buffer.h>

#include "command_options.h"
#include "commands.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *purpose;
    const char *example;
};

static const struct command commands[] = {
    {"demo", command_demo, "replay an election day in two minutes", "turnout demo"},
    {"report", command_report, "send one unit's report",
     "turnout report --election ID --unit CODE --seq 1 --voted 312"},
    {"watch", command_watch, "follow the national figure in the terminal", "turnout watch"},
    {"register", command_register, "check an election's folder, or make one",
     "turnout register check config/elections/vn-2026"},
    {"keys", command_keys, "make, list or revoke the keys that reports need",
     "turnout keys make --election DIR --out DIR"},
    {"simulate", command_simulate, "send the reports of a whole register, and measure",
     "turnout simulate --election DIR --rate 5000"},
    {"token", command_token, "make a token for a relay or a committee",
     "turnout token make --role view --area 19804 --days 2 --election DIR"},
    {"reset", command_reset, "clear an election out of Redis after a rehearsal",
     "turnout reset --election ID --data turnout-data"},
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

static int print_help(void)
{
    (void)printf("usage: turnout COMMAND [OPTIONS]\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)printf("  %-9s %-50s %s\n", commands[i].name, commands[i].purpose, commands[i].example);
    }
    (void)printf("\n`turnout help COMMAND` tells a command's options; `turnout --version` the version.\n");
    return finish_output(EXIT_DONE);
}

static int refuse_unknown(const char *name)
{
    (void)fprintf(stderr, "turnout: there is no command `%s`; there are:", name);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(stderr, " %s", commands[i].name);
    }
    (void)fprintf(stderr, "\n`turnout help` tells what each does\n");
    return EXIT_USAGE;
}

/* Runs a command under its full name, so that getopt_long's own messages carry it too. */
static int run(const struct command *command, int argc, char **argv)
{
    struct buffer full_name = {0};
    buffer_printf(&full_name, "turnout %s", command->name);
    argv[0] = full_name.bytes;
    int status = command->run(argc, argv);
    buffer_done(&full_name);
    return status;
}

static int help_on(const char *name)
{
    const struct command *command = command_find(name);
    if (command == NULL) {
        return refuse_unknown(name);
    }
    char help[] = "--help";
    char *argv[] = {NULL, help, NULL};
    return run(command, 2, argv);
}

int main(int argc, char **argv)
{
    /* A reader or server that goes away is an error of one write, not the end of the process. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
        perror("turnout: signal");
        return EXIT_FAILED;
    }
    if (sodium_init() < 0) {
        (void)fprintf(stderr, "turnout: libsodium does not work here\n");
        return EXIT_FAILED;
    }
    if (argc < 2) {
        (void)print_help();
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        return argc > 2 ? help_on(argv[2]) : print_help();
    }
    if (strcmp(name, "--version") == 0) {
        (void)printf("turnout %s\n", TURNOUT_VERSION);
        return finish_output(EXIT_DONE);
    }
    const struct command *command = command_find(name);
    if (command == NULL) {
        return refuse_unknown(name);
    }
    return run(command, argc - 1, argv + 1);
}
