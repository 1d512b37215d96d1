/* A subcommand of `turnout`: name, options, function. A wrong command line is reported on standard error with a
 * pointer to the help; the command then ends with EXIT_USAGE. */
#ifndef TURNOUT_CLI_COMMAND_H
#define TURNOUT_CLI_COMMAND_H

#include <stddef.h>

#include <turnout/base/faults.h>
#include <turnout/base/settings.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_REJECTED = 3 };

/* The parsed command line. Borrowed for the run, with everything in it. */
struct command_line {
    const char *name;    /* "turnout keys make", for messages */
    const void *options; /* the struct that the table has filled */
    const struct settings_values *values;
    const char *const *words; /* the arguments that are no options */
    size_t word_count;
};

struct command {
    const char *name; /* "report"; "keys make": one of several actions */
    const char *purpose;
    const char *usage;              /* follows the name in the usage line */
    struct settings_table settings; /* ends with COMMAND_HELP */
    size_t options_bytes;           /* size of the struct that the table fills; it begins as zeros */
    const char *word;               /* what a word is, "key": at least one; NULL: it takes none */
    size_t words_most;
    const char *notes; /* printed after the options: exit statuses, and other notes */
    int (*run)(const struct command_line *line);
};

/* "make" of "keys make", "report" of "report". */
const char *command_action(const struct command *command);

#define COMMAND_HELP                                                                                         \
    {                                                                                                        \
        .name = "help", .kind = SETTING_FLAG, .help = "prints this"                                          \
    }

/* The options for the URL of a server, and for the folders of an election and a server, stored in `member`. */
#define SERVER_URL(type, member, url, which)                                                                 \
    {                                                                                                        \
        .name = "server", .kind = SETTING_TEXT, SETTING_AT(type, member), .standard = (url), .takes = "URL", \
        .help = (which)                                                                                      \
    }
#define DATA_FOLDER(type, member, what)                                                                      \
    {                                                                                                        \
        .name = "data", .kind = SETTING_PATH, SETTING_AT(type, member), .standard = "turnout-data",          \
        .takes = "DIR", .help = (what)                                                                       \
    }
#define ELECTION_FOLDER(type, member)                                                                        \
    {                                                                                                        \
        .name = "election", .kind = SETTING_PATH, SETTING_AT(type, member), .is_required = true,             \
        .takes = "DIR", .help = "the election's folder"                                                      \
    }

/* Parses argv[1] and the rest, and runs the command or prints its help. `actions` are this command and its sibling
 * actions, ended by NULL: an option may belong to another one. Returns the exit status. */
int command_run(const struct command *command, const struct command *const *actions, int argc, char **argv);

void command_print_help(const struct command *command);

/* Prints on standard error what is wrong with the command line, and where help is. Returns EXIT_USAGE. `name` is
 * "turnout report". */
int usage_error(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints what went wrong on standard error. Returns EXIT_FAILED. */
int command_fail(const struct error *error);

/* Prints a fault of an election's or a server's files on standard error: `DIR/units.csv:12: registered: what is wrong;
 * what to do`, with `warning:` before warnings. A fault_fn. `folder` points to the path of the file's folder, a const
 * char *; NULL: print the file's name alone. */
void print_fault(void *folder, const char *file, uint32_t line, const struct error *error);

/* Asks a question: prints it with a colon, and reads a line from standard input, without its end. Empty at the end
 * of input. */
enum { COMMAND_ANSWER_BYTES = 128 };
void command_ask(const char *question, char ret_answer[COMMAND_ANSWER_BYTES]);

/* Whether the answer is this word. */
bool command_confirm(const char *question, const char *word);

/* Flushes standard output; EXIT_FAILED when what was printed could not all be written, else `status`. */
int finish_output(int status);

#endif
