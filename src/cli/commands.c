/* Finds the named command and action, and runs it. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/nearest.h>

enum { ACTIONS_MAX = 4 };

/* One command, or several actions of one. */
struct group {
    const char *name;
    const char *purpose;
    const char *example;
    const struct command *commands[ACTIONS_MAX + 1]; /* ended by NULL */
};

static const struct group groups[] = {
    {"demo", "replay an election day in two minutes", "turnout demo", {&command_demo}},
    {"report",
     "send one unit's report",
     "turnout report --election ID --unit CODE --voted 312",
     {&command_report}},
    {"watch", "follow the national figure in the terminal", "turnout watch", {&command_watch}},
    {"register",
     "check or make an election's folder, or change it",
     "turnout register check config/elections/vn-2026",
     {&command_register_check, &command_register_make, &command_register_diff, &command_register_apply}},
    {"keys",
     "make, list or revoke the keys that reports need",
     "turnout keys make --election DIR --out DIR",
     {&command_keys_make, &command_keys_revoke, &command_keys_list}},
    {"simulate",
     "send the reports of a whole register, and measure",
     "turnout simulate --election DIR --rate 5000",
     {&command_simulate}},
    {"token",
     "make, list or revoke tokens of relays, committees",
     "turnout token make --label NAME --role view --area 19804 --days 2 --election DIR",
     {&command_token_make, &command_token_revoke, &command_token_list}},
    {"phase",
     "open or close the election",
     "turnout phase open --token-file FILE",
     {&command_phase_open, &command_phase_close}},
    {"unit",
     "void a unit's reports, or record why it is silent",
     "turnout unit void --unit CODE --reason TEXT --token-file FILE",
     {&command_unit_void, &command_unit_excuse}},
    {"log",
     "print a unit's lines of the log, and check it",
     "turnout log --unit CODE --election DIR --data turnout-data",
     {&command_log}},
    {"export",
     "write all that others need to check the figures",
     "turnout export DIR --election DIR --data turnout-data",
     {&command_export}},
    {"verify", "recompute an export, with no server", "turnout verify DIR", {&command_verify}},
    {"audit",
     "check all that Redis holds, and replay its log",
     "turnout audit --election DIR --data turnout-data",
     {&command_audit}},
    {"reset",
     "clear an election out of Redis after a rehearsal",
     "turnout reset --election ID --data turnout-data",
     {&command_reset}},
    {"backup",
     "copy the data folder, also of a running server",
     "turnout backup DIR --data turnout-data",
     {&command_backup}},
    {"restore", "restore such a copy", "turnout restore DIR --data turnout-data", {&command_restore}},
    {"accept-loss",
     "accept that what Redis has lost stays lost",
     "turnout accept-loss --election-id ID --data turnout-data",
     {&command_accept_loss}},
};

enum { GROUP_COUNT = sizeof groups / sizeof groups[0] };

static const struct group *find_group(const char *name)
{
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        if (strcmp(groups[i].name, name) == 0) {
            return &groups[i];
        }
    }
    return NULL;
}

static bool has_actions(const struct group *group)
{
    return strcmp(group->commands[0]->name, group->name) != 0;
}

static int print_help(void)
{
    (void)printf("usage: turnout COMMAND [OPTIONS]\n\n");
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        (void)printf("  %-11s %-50s %s\n", groups[i].name, groups[i].purpose, groups[i].example);
    }
    (void)printf("\n`turnout help COMMAND` shows a command's options, `turnout --version` the version.\n");
    return finish_output(EXIT_DONE);
}

static int print_group_help(const struct group *group)
{
    for (size_t i = 0; group->commands[i] != NULL; i++) {
        (void)fputs(i == 0 ? "" : "\n", stdout);
        command_print_help(group->commands[i]);
    }
    return finish_output(EXIT_DONE);
}

static int refuse_group(const char *name)
{
    char hint[NEAREST_HINT_BYTES];
    struct nearest nearest = nearest_to(slice_of(name));
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        nearest_offer(&nearest, groups[i].name);
    }
    (void)fprintf(stderr, "turnout: there is no command `%s`%s\nthere are:", name,
                  nearest_hint(&nearest, hint));
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        (void)fprintf(stderr, " %s", groups[i].name);
    }
    (void)fprintf(stderr, "\n`turnout help` explains them\n");
    return EXIT_USAGE;
}

static int refuse_action(const struct group *group, const char *action)
{
    char hint[NEAREST_HINT_BYTES];
    struct nearest nearest = nearest_to(slice_of(action));
    struct buffer name = {0};
    struct buffer actions = {0};
    for (size_t i = 0; group->commands[i] != NULL; i++) {
        const char *join = i == 0 ? "" : group->commands[i + 1] == NULL ? " or " : ", ";
        nearest_offer(&nearest, command_action(group->commands[i]));
        buffer_printf(&actions, "%s%s", join, command_action(group->commands[i]));
    }
    buffer_printf(&name, "turnout %s", group->name);
    int status = usage_error(name.bytes, "expected %s%s", actions.bytes, nearest_hint(&nearest, hint));
    buffer_done(&name);
    buffer_done(&actions);
    return status;
}

static bool asks_for_help(const char *word)
{
    return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int run_group(const struct group *group, int argc, char **argv)
{
    if (!has_actions(group)) {
        return command_run(group->commands[0], group->commands, argc, argv);
    }
    const char *action = argc > 1 ? argv[1] : "";
    if (asks_for_help(action)) {
        return print_group_help(group);
    }
    for (size_t i = 0; group->commands[i] != NULL; i++) {
        if (strcmp(command_action(group->commands[i]), action) == 0) {
            return command_run(group->commands[i], group->commands, argc - 1, argv + 1);
        }
    }
    return refuse_action(group, action);
}

int commands_run(int argc, char **argv, const char *version)
{
    if (argc < 2) {
        (void)print_help();
        return EXIT_USAGE;
    }
    bool wants_help = asks_for_help(argv[1]);
    if (wants_help && argc == 2) {
        return print_help();
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("turnout %s\n", version);
        return finish_output(EXIT_DONE);
    }
    const char *name = wants_help ? argv[2] : argv[1];
    const struct group *group = find_group(name);
    if (group == NULL) {
        return refuse_group(name);
    }
    return wants_help ? print_group_help(group) : run_group(group, argc - 1, argv + 1);
}
