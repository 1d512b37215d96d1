/* A subcommand of `turnout`: what it is called, what it takes, what it does. A command line that is wrong is told on
 * standard error, and where help is; the command then ends with EXIT_USAGE. */
#ifndef TURNOUT_CLI_COMMAND_H
#define TURNOUT_CLI_COMMAND_H

#include <stddef.h>

#include <turnout/base/settings.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_REJECTED = 3 };

/* What a subcommand is run with. Borrowed for the run, and so is everything in it. */
struct command_line {
    const char *name;    /* "turnout keys make", for messages */
    const void *options; /* what the table made of the command line */
    const struct settings_values *values;
    const char *const *words; /* what is none of the options */
    size_t word_count;
};

struct command {
    const char *name; /* "report"; "keys make": one of several actions */
    const char *purpose;
    const char *usage;              /* what stands behind the name */
    struct settings_table settings; /* ends with COMMAND_HELP */
    size_t options_bytes;           /* of the struct that the table fills, which begins as zeros */
    const char *word;               /* what one of the words is, "key"; NULL: it takes none */
    size_t words_least, words_most;
    const char *notes; /* behind the options: exit statuses, and what else there is to know */
    int (*run)(const struct command_line *line);
};

/* "make" of "keys make", "report" of "report". */
const char *command_action(const struct command *command);

#define COMMAND_HELP                                                                                         \
    {                                                                                                        \
        .name = "help", .kind = SETTING_FLAG, .help = "prints this"                                          \
    }

/* The election's folder, into `member` of the options. */
#define ELECTION_FOLDER(type, member)                                                                        \
    {                                                                                                        \
        .name = "election", .kind = SETTING_PATH, SETTING_AT(type, member), .is_required = true,             \
        .takes = "DIR", .help = "the election's folder"                                                      \
    }

/* Reads argv[1] and what follows, and runs the command or prints its help. `actions` are it and those beside it, ended
 * by NULL: an option may be another's. Returns the exit status. */
int command_run(const struct command *command, const struct command *const *actions, int argc, char **argv);

void command_print_help(const struct command *command);

/* Says on standard error what is wrong with the command line, and where help is. Returns EXIT_USAGE. `name` is
 * "turnout report". */
int usage_error(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Asks the person: prints the question with a colon, and takes a line from standard input without its newline. Empty where
 * there is none. */
enum { COMMAND_ANSWER_BYTES = 128 };
void command_ask(const char *question, char ret_answer[COMMAND_ANSWER_BYTES]);

/* Flushes standard output; EXIT_FAILED when what was printed could not all be written, else `status`. */
int finish_output(int status);

#endif
