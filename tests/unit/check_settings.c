/* A table of settings: every kind at its bounds, what counts more, and what is said of every fault. */
#include <turnout/base/settings.h>

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include <turnout/base/text.h>

#include "suite.h"

enum { ARGUMENTS_MAX = 16 };

enum colour { COLOUR_RED, COLOUR_GREEN, COLOUR_BLUE };

struct target {
    bool exits;
    const char *note;
    const char *folder;
    const char *unit;
    uint16_t port;
    int32_t seq;
    uint64_t seed;
    enum colour colour;
    bool is_open;
    struct setting_moment at;
    struct host_port stream;
    uint64_t rate; /* 0: max */
};

static enum turnout_error read_rate(const char *text, void *target, struct error *error)
{
    struct target *ours = target;
    if (strcmp(text, "max") == 0) {
        ours->rate = 0;
        return TURNOUT_OK;
    }
    return text_parse_unsigned(slice_of(text), 9, &ours->rate)
               ? TURNOUT_OK
               : error_fail(error, TURNOUT_BAD_INPUT, "", "must be max or less than ten");
}

#define AT(member) SETTING_AT(struct target, member)

static const struct setting rows[] = {
    {.name = "exit", .kind = SETTING_FLAG, AT(exits), .help = "ends"},
    {.name = "note", .kind = SETTING_TEXT, AT(note), .takes = "TEXT", .help = "says something"},
    {.name = "folder", .kind = SETTING_PATH, AT(folder), .standard = "here", .takes = "DIR", .help = "where"},
    {.name = "unit", .kind = SETTING_CODE, AT(unit), .is_required = true, .takes = "CODE", .help = "who"},
    {.name = "port", .kind = SETTING_NUMBER, AT(port), .least = 1, .most = 65535, .takes = "N", .help = "p"},
    {.name = "seq",
     .kind = SETTING_NUMBER,
     AT(seq),
     .standard = "1",
     .least = -5,
     .most = 2147483647,
     .takes = "N",
     .help = "which"},
    {.name = "seed", .kind = SETTING_NUMBER, AT(seed), .most = INT64_MAX, .takes = "N", .help = "chance"},
    {.name = "colour",
     .kind = SETTING_CHOICE,
     AT(colour),
     .standard = "green",
     .words = (const char *const[]){"red", "green", "blue", NULL},
     .help = "how it looks"},
    {.name = "doors",
     .kind = SETTING_CHOICE,
     AT(is_open),
     .words = (const char *const[]){"shut", "open", NULL},
     .help = "who may come"},
    {.name = "at-time", .kind = SETTING_MOMENT, AT(at), .takes = "TIME", .help = "when"},
    {.name = "stream", .kind = SETTING_HOST_PORT, AT(stream), .takes = "HOST:PORT", .help = "where to"},
    {.name = "rate",
     .kind = SETTING_OWN,
     .read = read_rate,
     .standard = "7",
     .takes = "N",
     .help = "how fast"},
    {.name = "help", .kind = SETTING_FLAG, .help = "prints this"},
};

#undef AT

static const struct settings_table table = {rows, sizeof rows / sizeof rows[0]};

/* Reads the arguments up to a NULL. */
static enum turnout_error read_arguments(struct settings_values *values, const char *const *arguments,
                                         struct error *error)
{
    char *argv[ARGUMENTS_MAX + 1] = {NULL};
    char program[] = "test";
    int argc = 1;
    argv[0] = program;
    for (; *arguments != NULL; arguments++) {
        ck_assert_int_lt(argc, ARGUMENTS_MAX);
        memcpy(&argv[argc++], arguments, sizeof *arguments); /* never written to */
    }
    return settings_read_arguments(values, argc, argv, error);
}

static struct target parse_good(const char *const *arguments, struct settings_values **ret_values)
{
    struct target target = {.port = 99};
    struct error error = {.text = ""};
    *ret_values = settings_values_new(&table);
    ck_assert_msg(read_arguments(*ret_values, arguments, &error) == TURNOUT_OK, "%s", error.text);
    ck_assert_msg(settings_parse(*ret_values, &target, &error) == TURNOUT_OK, "%s", error.text);
    return target;
}

TEST(defaults_and_what_stays_as_it_is)
{
    struct settings_values *values;
    struct target target = parse_good((const char *const[]){NULL}, &values);
    ck_assert(!target.exits && !target.is_open);
    ck_assert_ptr_null(target.note);
    ck_assert_str_eq(target.folder, "here");
    ck_assert_uint_eq(target.port, 99);
    ck_assert_int_eq(target.seq, 1);
    ck_assert_int_eq(target.colour, COLOUR_GREEN);
    ck_assert_int_eq(target.at.seconds, 0);
    ck_assert_uint_eq(target.rate, 7);
    ck_assert(!settings_is_given(values, "folder") && !settings_is_given(values, "note"));
    ck_assert_str_eq(settings_text(values, "folder"), "here");
    ck_assert_ptr_null(settings_text(values, "note"));
    settings_values_free(values);
}

TEST(every_kind_is_read)
{
    struct settings_values *values;
    struct target target =
        parse_good((const char *const[]){"--exit", "--note=", "--folder", "--x", "--unit", "a-1", "--seq=-5",
                                         "--seed", "9223372036854775807", "--colour", "blue", "--doors=open",
                                         "--stream=[::1]:5", "--rate", "max", NULL},
                   &values);
    ck_assert(target.exits && target.is_open);
    ck_assert_str_eq(target.note, "");
    ck_assert_str_eq(target.folder, "--x");
    ck_assert_str_eq(target.unit, "a-1");
    ck_assert_int_eq(target.seq, -5);
    ck_assert_uint_eq(target.seed, INT64_MAX);
    ck_assert_int_eq(target.colour, COLOUR_BLUE);
    ck_assert_str_eq(target.stream.host, "::1");
    ck_assert_uint_eq(target.rate, 0);
    ck_assert(settings_is_given(values, "folder") && settings_is_given(values, "note"));
    settings_values_free(values);

    target = parse_good(
        (const char *const[]){"--at-time", "2026-03-15T07:00:00+07:00", "--port", "1", "--port=65535", NULL},
        &values);
    ck_assert_str_eq(target.at.text, "2026-03-15T07:00:00+07:00");
    ck_assert_int_eq(target.at.seconds, 1773532800);
    ck_assert_uint_eq(target.port, 65535); /* the last one counts */
    settings_values_free(values);
}

TEST(what_is_no_option_is_a_word)
{
    struct settings_values *values;
    size_t count;
    (void)parse_good(
        (const char *const[]){"make", "--seq", "3", "-", "", "--exit", "--", "--note", "-h", NULL}, &values);
    const char *const *words = settings_words(values, &count);
    ck_assert_uint_eq(count, 5);
    ck_assert_str_eq(words[0], "make");
    ck_assert_str_eq(words[1], "-");
    ck_assert_str_eq(words[2], "");
    ck_assert_str_eq(words[3], "--note");
    ck_assert_str_eq(words[4], "-h");
    ck_assert_ptr_null(words[5]);
    settings_values_free(values);
    (void)parse_good((const char *const[]){"-h", NULL}, &values);
    ck_assert(settings_is_given(values, "help"));
    settings_values_free(values);
}

static const struct {
    const char *flag, *value;
    const char *field, *text;
} bad[] = {
    {"--frobnicate", NULL, "frobnicate", "unrecognized option '--frobnicate'"},
    {"--foldr", "x", "foldr", "unrecognized option '--foldr'; did you mean --folder?"},
    {"--foldr=x", NULL, "foldr", "unrecognized option '--foldr=x'; did you mean --folder?"},
    {"-x", NULL, "-x", "unrecognized option '-x'"},
    {"---", NULL, "-", "unrecognized option '---'"},
    {"--=1", NULL, "--", "unrecognized option '--=1'"},
    {"--exit=1", NULL, "exit", "--exit takes no value"},
    {"--note", NULL, "note", "--note: a value is missing"},
    {"--note", "a\nb", "note", "--note a?b: must be UTF-8 on one line, without control characters"},
    {"--note=\xff", NULL, "note", "--note ?: must be UTF-8 on one line, without control characters"},
    {"--folder", "", "folder", "--folder \"\": must not be empty"},
    {"--unit", "a b", "unit", "--unit a b: must be 1 to 32 of A-Z a-z 0-9 . _ -"},
    {"--unit", "123456789012345678901234567890123", "unit",
     "--unit 123456789012345678901234567890123: must be 1 to 32 of A-Z a-z 0-9 . _ -"},
    {"--port", "0", "port", "--port 0: must be a whole number from 1 to 65535"},
    {"--port", "65536", "port", "--port 65536: must be a whole number from 1 to 65535"},
    {"--port", "+1", "port", "--port +1: must be a whole number from 1 to 65535"},
    {"--port", " 1", "port", "--port  1: must be a whole number from 1 to 65535"},
    {"--port", "1.0", "port", "--port 1.0: must be a whole number from 1 to 65535"},
    {"--port", "0x1", "port", "--port 0x1: must be a whole number from 1 to 65535"},
    {"--port", "", "port", "--port \"\": must be a whole number from 1 to 65535"},
    {"--seq", "-6", "seq", "--seq -6: must be a whole number from -5 to 2147483647"},
    {"--seq", "2147483648", "seq", "--seq 2147483648: must be a whole number from -5 to 2147483647"},
    {"--seed", "9223372036854775808", "seed",
     "--seed 9223372036854775808: must be a whole number from 0 to 9223372036854775807"},
    {"--colour", "bleu", "colour", "--colour bleu: must be red, green or blue; did you mean blue?"},
    {"--colour", "", "colour", "--colour \"\": must be red, green or blue"},
    {"--doors", "Shut", "doors", "--doors Shut: must be shut or open; did you mean shut?"},
    {"--at-time", "noon", "at-time",
     "--at-time noon: must be a time with its offset, such as 2026-03-15T07:00:00+07:00"},
    {"--at-time", "1970-01-01T00:00:00Z", "at-time",
     "--at-time 1970-01-01T00:00:00Z: must be a time with its offset, such as 2026-03-15T07:00:00+07:00"},
    {"--stream", "::1:5", "stream",
     "--stream ::1:5: must be HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:7070"},
    {"--rate", "ten", "rate", "--rate ten: must be max or less than ten"},
};

LOOP_TEST(bad_arguments_are_told, COUNT(bad))
{
    struct target target = {0};
    struct error error = {.text = ""};
    struct settings_values *values = settings_values_new(&table);
    enum turnout_error failed =
        read_arguments(values, (const char *const[]){bad[_i].flag, bad[_i].value, NULL}, &error);
    if (failed == TURNOUT_OK) {
        failed = settings_parse(values, &target, &error);
    }
    ck_assert_int_ne(failed, TURNOUT_OK);
    ck_assert_str_eq(error.text, bad[_i].text);
    ck_assert_str_eq(error.field, bad[_i].field);
    settings_values_free(values);
}

TEST(a_value_has_a_bound)
{
    char value[SETTING_VALUE_BYTES_MAX + 2];
    for (size_t length = SETTING_VALUE_BYTES_MAX; length <= SETTING_VALUE_BYTES_MAX + 1; length++) {
        struct error error = {.text = ""};
        struct settings_values *values = settings_values_new(&table);
        memset(value, 'n', length);
        value[length] = '\0';
        enum turnout_error failed =
            read_arguments(values, (const char *const[]){"--note", value, NULL}, &error);
        ck_assert_int_eq(failed, length <= SETTING_VALUE_BYTES_MAX ? TURNOUT_OK : TURNOUT_TOO_LARGE);
        settings_values_free(values);
    }
}

TEST(what_is_required_is_asked_for)
{
    struct settings_values *values;
    struct error error;
    (void)parse_good((const char *const[]){NULL}, &values);
    ck_assert_int_eq(settings_require(values, &error), TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.text, "--unit is missing");
    settings_values_free(values);
    (void)parse_good((const char *const[]){"--unit", "u", NULL}, &values);
    ck_assert_int_eq(settings_require(values, &error), TURNOUT_OK);
    settings_values_free(values);
}

/* A variable counts more than the default and less than a flag, whichever is read first. */
TEST(variables_are_read)
{
    char at_time[] = "MORE_AT_TIME=2026-03-15T07:00:00Z";
    char seq[] = "MORE_SEQ=2";
    char port[] = "MORE_PORT=3";
    char other[] = "NOTE=other";
    char *environment[] = {at_time, seq, port, other, NULL};
    struct settings_values *values = settings_values_new(&table);
    struct target target = {0};
    struct error error;
    ck_assert_int_eq(read_arguments(values, (const char *const[]){"--port", "4", NULL}, &error), TURNOUT_OK);
    ck_assert_int_eq(settings_read_environment(values, "MORE_", environment, &error), TURNOUT_OK);
    ck_assert_int_eq(settings_parse(values, &target, &error), TURNOUT_OK);
    ck_assert_int_eq(target.seq, 2);
    ck_assert_uint_eq(target.port, 4);
    ck_assert_str_eq(target.at.text, "2026-03-15T07:00:00Z");
    ck_assert_ptr_null(target.note);
    settings_values_free(values);
}

TEST(help_is_made_of_the_table)
{
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(file);
    settings_print_help(&table, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_ptr_nonnull(strstr(text, "  --exit\n        ends\n"));
    ck_assert_ptr_nonnull(strstr(text, "  --unit CODE\n        who; required\n"));
    ck_assert_ptr_nonnull(strstr(text, "  --seq N\n        which; -5 to 2147483647; default 1\n"));
    ck_assert_ptr_nonnull(strstr(text, "  --colour red|green|blue\n        how it looks; default green\n"));
    free(text);
}

SUITE("settings");
