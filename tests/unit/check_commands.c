/* Command lines: which command is meant, what its options are, and what is said when something is wrong. Two commands
 * of our own stand for all; the real ones are looked at by their names and their help. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <check.h>

#include <turnout/base/text.h>

#include "suite.h"

enum { ARGUMENTS_MAX = 16, CAPTURED_BYTES = 16384 };

/* ---- what is printed ---- */

static char captured[CAPTURED_BYTES];
static int saved[2];
static int memory;

static void capture_begin(void)
{
    memory = memfd_create("captured", MFD_CLOEXEC);
    ck_assert_int_ge(memory, 0);
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        ck_assert_int_eq(fflush(fd == STDOUT_FILENO ? stdout : stderr), 0);
        saved[fd - 1] = dup(fd);
        ck_assert_int_ge(saved[fd - 1], 0);
        ck_assert_int_eq(dup2(memory, fd), fd);
    }
}

static void capture_end(void)
{
    ck_assert_int_eq(fflush(stdout), 0);
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        ck_assert_int_eq(dup2(saved[fd - 1], fd), fd);
        ck_assert_int_eq(close(saved[fd - 1]), 0);
    }
    ssize_t length = pread(memory, captured, sizeof captured - 1, 0);
    ck_assert_int_ge(length, 0);
    captured[length] = '\0';
    ck_assert_int_eq(close(memory), 0);
}

static int count_arguments(const char *const *arguments, char *argv[ARGUMENTS_MAX + 1])
{
    int argc = 0;
    for (; arguments[argc] != NULL; argc++) {
        ck_assert_int_lt(argc, ARGUMENTS_MAX);
        memcpy(&argv[argc], &arguments[argc], sizeof argv[argc]); /* never written to */
    }
    argv[argc] = NULL;
    return argc;
}

/* ---- two actions ---- */

struct options {
    const char *folder;
    int32_t size;
};

static int run_paint(const struct command_line *line)
{
    const struct options *options = line->options;
    (void)printf("%s %s %d %zu %s\n", line->name, options->folder, (int)options->size, line->word_count,
                 line->word_count == 0 ? "" : line->words[0]);
    return 7;
}

#define FOLDER                                                                                               \
    {                                                                                                        \
        .name = "folder", .kind = SETTING_PATH, SETTING_AT(struct options, folder), .is_required = true,     \
        .takes = "DIR", .help = "where"                                                                      \
    }

static const struct setting paint_settings[] = {
    FOLDER,
    {.name = "size",
     .kind = SETTING_NUMBER,
     SETTING_AT(struct options, size),
     .standard = "3",
     .takes = "N",
     .least = 1,
     .most = 9,
     .help = "how large"},
    COMMAND_HELP,
};
static const struct setting wash_settings[] = {FOLDER, COMMAND_HELP};

static const struct command paint = {.name = "wall paint",
                                     .purpose = "Paints.",
                                     .usage = "--folder DIR COLOUR [OPTIONS]",
                                     .settings = {paint_settings, 3},
                                     .options_bytes = sizeof(struct options),
                                     .word = "colour",
                                     .words_most = 1,
                                     .notes = "Exit status: 7.",
                                     .run = run_paint};
static const struct command wash = {.name = "wall wash",
                                    .purpose = "Washes.",
                                    .usage = "--folder DIR",
                                    .settings = {wash_settings, 2},
                                    .options_bytes = sizeof(struct options),
                                    .notes = "",
                                    .run = run_paint};
static const struct command *const actions[] = {&paint, &wash, NULL};

static const struct {
    const struct command *command;
    const char *arguments[6];
    int status;
    const char *said;
} runs[] = {
    {&paint, {"paint", "--folder", "x", "red"}, 7, "turnout wall paint x 3 1 red\n"},
    {&paint, {"paint", "red", "--size=9", "--folder=y"}, 7, "turnout wall paint y 9 1 red\n"},
    {&wash, {"wash", "--folder", "x"}, 7, "turnout wall wash x 0 0 \n"},
    {&paint,
     {"paint", "red"},
     2,
     "turnout wall paint: --folder is missing\n`turnout wall paint --help` shows how to use it\n"},
    {&paint, {"paint", "--folder", "x"}, 2, "turnout wall paint: paint: the colour is missing\n"},
    {&paint,
     {"paint", "red", "blue"},
     2,
     "turnout wall paint: unexpected `blue`; expected `paint` and its options\n"},
    {&paint,
     {"paint", "--size", "0"},
     2,
     "turnout wall paint: --size 0: must be a whole number from 1 to 9\n"},
    {&paint,
     {"paint", "--foldr", "x"},
     2,
     "turnout wall paint: unrecognized option '--foldr'; did you mean --folder?\n"},
    {&wash, {"wash", "--size", "3"}, 2, "turnout wall wash: wash takes no --size\n"},
    {&wash, {"wash", "--size=3"}, 2, "turnout wall wash: wash takes no --size\n"},
    {&wash, {"wash", "--folder"}, 2, "turnout wall wash: --folder: a value is missing\n"},
    {&paint,
     {"paint", "--size", "1", "--help"},
     0,
     "usage: turnout wall paint --folder DIR COLOUR [OPTIONS]\n\nPaints.\n\n  --folder DIR\n"},
};

LOOP_TEST(a_command_line_is_read, COUNT(runs))
{
    char *argv[ARGUMENTS_MAX + 1];
    int argc = count_arguments(runs[_i].arguments, argv);
    capture_begin();
    int status = command_run(runs[_i].command, actions, argc, argv);
    capture_end();
    ck_assert_int_eq(status, runs[_i].status);
    ck_assert_msg(strncmp(captured, runs[_i].said, strlen(runs[_i].said)) == 0, "%s", captured);
}

/* ---- the real ones ---- */

static const struct {
    const char *arguments[4];
    int status;
    const char *said; /* somewhere in it */
} named[] = {
    {{"turnout"}, 2, "usage: turnout COMMAND"},
    {{"turnout", "help"}, 0, "usage: turnout COMMAND"},
    {{"turnout", "-h"}, 0, "usage: turnout COMMAND"},
    {{"turnout", "--version"}, 0, "turnout 1.2\n"},
    {{"turnout", "wach"}, 2, "there is no command `wach`; did you mean watch?\nthere are: demo report"},
    {{"turnout", "help", "wach"}, 2, "there is no command `wach`; did you mean watch?"},
    {{"turnout", "frobnicate"}, 2, "there is no command `frobnicate`\n"},
    {{"turnout", "keys"}, 2, "turnout keys: expected make, revoke or list\n"},
    {{"turnout", "keys", "lost"}, 2, "expected make, revoke or list; did you mean list?\n"},
    {{"turnout", "token", "--role"}, 2, "turnout token: expected make, revoke or list\n"},
    {{"turnout", "keys", "--help"}, 0, "\nusage: turnout keys list --election DIR [OPTIONS]\n"},
    {{"turnout", "help", "keys"}, 0, "usage: turnout keys make --election DIR --out OUT [OPTIONS]\n"},
    {{"turnout", "keys", "list", "--help"}, 0, "usage: turnout keys list --election DIR [OPTIONS]\n"},
    {{"turnout", "register", "make", "--help"}, 0, "usage: turnout register make FROM [TO]\n"},
};

LOOP_TEST(commands_are_found_by_name, COUNT(named))
{
    char *argv[ARGUMENTS_MAX + 1];
    char version[] = "1.2";
    int argc = count_arguments(named[_i].arguments, argv);
    capture_begin();
    int status = commands_run(argc, argv, version);
    capture_end();
    ck_assert_int_eq(status, named[_i].status);
    ck_assert_msg(strstr(captured, named[_i].said) != NULL, "%s", captured);
}

TEST(every_command_has_its_help)
{
    static const char *const groups[] = {"demo",  "report", "watch", "register",    "keys",   "simulate",
                                         "token", "log",    "reset", "accept-loss", "backup", "restore"};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        char *argv[ARGUMENTS_MAX + 1];
        int argc = count_arguments((const char *const[]){"turnout", groups[i], "--help", NULL}, argv);
        capture_begin();
        int status = commands_run(argc, argv, "");
        capture_end();
        ck_assert_int_eq(status, 0);
        ck_assert_int_eq(strncmp(captured, "usage: turnout ", 15), 0);
        ck_assert_ptr_nonnull(strstr(captured, groups[i]));
        ck_assert_ptr_nonnull(strstr(captured, "\n  --help\n"));
        ck_assert_ptr_nonnull(strstr(captured, "Exit status: 0 "));
    }
}

SUITE("commands");
