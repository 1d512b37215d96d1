/* Parses a command line into a subcommand's options, and prints its help. */
#include "command.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>
#include <turnout/base/text.h>

const char *command_action(const struct command *command)
{
    const char *blank = strchr(command->name, ' ');
    return blank == NULL ? command->name : blank + 1;
}

/* No setting has the name in the error's field. */
static int refuse_option(const struct command *command, const struct command *const *actions,
                         const char *name, const struct error *error)
{
    for (; *actions != NULL; actions++) {
        if (*actions != command && settings_find(&(*actions)->settings, slice_of(error->field)) != NULL) {
            return usage_error(name, "%s takes no --%s", command_action(command), error->field);
        }
    }
    return usage_error(name, "%s", error->text);
}

static int check_words(const struct command *command, const struct command_line *line)
{
    if (line->word_count > command->words_most) {
        return usage_error(line->name, "unexpected `%s`; expected `%s` and its options",
                           line->words[command->words_most], command_action(command));
    }
    if (line->word_count == 0 && command->word != NULL) {
        return usage_error(line->name, "%s: the %s is missing", command_action(command), command->word);
    }
    return EXIT_DONE;
}

/* Returns EXIT_DONE when the command can be run; *ret_wants_help when help is wanted instead. */
static int read_line(const struct command *command, const struct command *const *actions, int argc,
                     char **argv, struct settings_values *values, void *options, struct command_line *line,
                     bool *ret_wants_help)
{
    struct error error = {.text = ""};
    enum turnout_error failed = settings_read_arguments(values, argc, argv, &error);
    if (failed == TURNOUT_NOT_FOUND) {
        return refuse_option(command, actions, line->name, &error);
    }
    *ret_wants_help = failed == TURNOUT_OK && settings_is_given(values, "help");
    if (*ret_wants_help) {
        return EXIT_DONE;
    }
    if (failed == TURNOUT_OK) {
        failed = settings_parse(values, options, &error);
    }
    if (failed == TURNOUT_OK) {
        line->words = settings_words(values, &line->word_count);
        int status = line->word_count > command->words_most ? check_words(command, line) : EXIT_DONE;
        if (status != EXIT_DONE) {
            return status;
        }
        failed = settings_require(values, &error);
    }
    return failed == TURNOUT_OK ? check_words(command, line) : usage_error(line->name, "%s", error.text);
}

int command_run(const struct command *command, const struct command *const *actions, int argc, char **argv)
{
    struct settings_values *values = settings_values_new(&command->settings);
    void *options = memory_new(command->options_bytes);
    struct buffer name = {0};
    buffer_printf(&name, "turnout %s", command->name);
    struct command_line line = {.name = name.bytes, .options = options, .values = values};
    bool wants_help = false;
    int status = read_line(command, actions, argc, argv, values, options, &line, &wants_help);
    if (wants_help) {
        command_print_help(command);
        status = finish_output(EXIT_DONE);
    } else if (status == EXIT_DONE) {
        status = command->run(&line);
    }
    settings_values_free(values);
    free(options);
    buffer_done(&name);
    return status;
}

void command_print_help(const struct command *command)
{
    (void)printf("usage: turnout %s %s\n\n%s\n\n", command->name, command->usage, command->purpose);
    settings_print_help(&command->settings, stdout);
    (void)printf("\n%s\n", command->notes);
}

int usage_error(const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fprintf(stderr, "%s: ", name);
    (void)vfprintf(stderr, format, arguments);
    (void)fprintf(stderr, "\n`%s --help` shows how to use it\n", name);
    va_end(arguments);
    return EXIT_USAGE;
}

int command_fail(const struct error *error)
{
    (void)fprintf(stderr, "%s\n", error->text);
    return EXIT_FAILED;
}

void print_fault(void *folder, const char *file, uint32_t line, const struct error *error)
{
    const char *const *path = folder;
    if (path != NULL) {
        (void)fprintf(stderr, "%s/", *path);
    }
    (void)fprintf(stderr, "%s", file);
    if (line > 0) {
        (void)fprintf(stderr, ":%" PRIu32, line);
    }
    (void)fprintf(stderr, ": %s%s%s%s\n", error->is_warning ? "warning: " : "", error->field,
                  error->field[0] == '\0' ? "" : ": ", error->text);
}

void command_ask(const char *question, char ret_answer[COMMAND_ANSWER_BYTES])
{
    (void)printf("%s: ", question);
    (void)fflush(stdout);
    if (fgets(ret_answer, COMMAND_ANSWER_BYTES, stdin) == NULL) {
        ret_answer[0] = '\0';
    }
    ret_answer[strcspn(ret_answer, "\r\n")] = '\0';
}

bool command_confirm(const char *question, const char *word)
{
    char answer[COMMAND_ANSWER_BYTES];
    command_ask(question, answer);
    return strcmp(answer, word) == 0;
}

int finish_output(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return EXIT_FAILED;
    }
    return status;
}
