/* The command line of a load program. What a program does not use it does not ask for, so nothing is checked to
 * be there: an address that is missing is one where nobody answers. */
#include "bench_options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/settings.h>
#include <turnout/base/text.h>

#include "simulate/simulate_plan.h"

static enum turnout_error read_redis(const char *text, void *target, struct error *error)
{
    struct bench_options *options = target;
    return store_address_parse(text, &options->redis, error);
}

/* Reads `4201,4202` into numbers from 1 to most. */
static enum turnout_error read_list(const char *text, uint64_t most, size_t room, uint64_t *ret_numbers,
                                    uint32_t *ret_count, struct error *error)
{
    struct slice rest = slice_of(text);
    for (*ret_count = 0; rest.length > 0; (*ret_count)++) {
        const char *comma = memchr(rest.bytes, ',', rest.length);
        struct slice word = {rest.bytes, comma == NULL ? rest.length : (size_t)(comma - rest.bytes)};
        size_t passed = word.length + (comma == NULL ? 0 : 1);
        if (*ret_count == room || !text_parse_unsigned(word, most, &ret_numbers[*ret_count]) ||
            ret_numbers[*ret_count] == 0) {
            return error_fail(error, TURNOUT_BAD_INPUT, NULL,
                              "must be at most %zu numbers from 1 to %llu, with commas between them", room,
                              (unsigned long long)most);
        }
        rest = (struct slice){rest.bytes + passed, rest.length - passed};
    }
    return TURNOUT_OK;
}

static enum turnout_error read_ports(const char *text, void *target, struct error *error)
{
    struct bench_options *options = target;
    uint64_t numbers[BENCH_PORTS_MAX];
    enum turnout_error failed =
        read_list(text, UINT16_MAX, BENCH_PORTS_MAX, numbers, &options->port_count, error);
    for (uint32_t i = 0; failed == TURNOUT_OK && i < options->port_count; i++) {
        options->ports[i] = (uint16_t)numbers[i];
    }
    return failed;
}

static enum turnout_error read_watched(const char *text, void *target, struct error *error)
{
    struct bench_options *options = target;
    uint64_t numbers[BENCH_WATCHED_MAX];
    enum turnout_error failed =
        read_list(text, INT32_MAX, BENCH_WATCHED_MAX, numbers, &options->watched_count, error);
    for (uint32_t i = 0; failed == TURNOUT_OK && i < options->watched_count; i++) {
        options->watched[i] = (pid_t)numbers[i];
    }
    return failed;
}

#define AT(member) SETTING_AT(struct bench_options, member)
#define NUMBER(word, member, start, from, to)                                                                \
    {                                                                                                        \
        .name = (word), .kind = SETTING_NUMBER, AT(member), .standard = (start), .takes = "N",               \
        .least = (from), .most = (to), .help = ""                                                            \
    }
#define TEXT(word, member, start)                                                                            \
    {                                                                                                        \
        .name = (word), .kind = SETTING_TEXT, AT(member), .standard = (start), .takes = "TEXT", .help = ""   \
    }
#define FLAG(word, member)                                                                                   \
    {                                                                                                        \
        .name = (word), .kind = SETTING_FLAG, AT(member), .help = ""                                         \
    }
#define OWN(word, reader)                                                                                    \
    {                                                                                                        \
        .name = (word), .kind = SETTING_OWN, .read = (reader), .takes = "TEXT", .help = ""                   \
    }

static const struct setting rows[] = {
    TEXT("election", election, "."),
    TEXT("data", data, "."),
    OWN("redis", read_redis),
    OWN("port", read_ports),
    NUMBER("http-port", http_port, NULL, 1, UINT16_MAX),
    NUMBER("connections", connections, "1", 1, BENCH_CONNECTIONS_MAX),
    NUMBER("a-second", a_second, "1", 1, BENCH_A_SECOND_MAX),
    NUMBER("seconds", seconds, "60", 1, BENCH_SECONDS_MAX),
    NUMBER("threads", threads, "1", 1, BENCH_CONNECTIONS_MAX),
    TEXT("token", token, ""),
    TEXT("text", text, ""),
    OWN("watch", read_watched),
    NUMBER("reports-a-unit", reports_a_unit, "1", 1, SIMULATE_ROUNDS_MAX),
    NUMBER("seed", seed, "1", 0, INT64_MAX),
    NUMBER("skip", skip, "0", 0, BENCH_COUNT_MAX),
    NUMBER("count", count, "100000000", 1, BENCH_COUNT_MAX),
    FLAG("signed", is_signed),
    FLAG("whole", is_whole),
    FLAG("deaf", is_deaf),
    FLAG("one-commune", is_one_commune),
};

#undef OWN
#undef FLAG
#undef TEXT
#undef NUMBER
#undef AT

bool bench_options_read(int argc, char **argv, struct bench_options *ret_options)
{
    /* The texts are borrowed from the values, which a load program needs to its end: nobody frees them. */
    static const struct settings_table table = {rows, sizeof rows / sizeof rows[0]};
    static struct settings_values *values;
    size_t word_count = 0;
    struct error error = {.text = ""};
    values = settings_values_new(&table);
    *ret_options = (struct bench_options){.election = NULL};
    enum turnout_error failed = settings_read_arguments(values, argc, argv, &error);
    if (failed == TURNOUT_OK) {
        failed = settings_parse(values, ret_options, &error);
    }
    const char *const *words = settings_words(values, &word_count);
    if (failed != TURNOUT_OK) {
        (void)fprintf(stderr, "%s: %s\n", argv[0], error.text);
    } else if (word_count > 0) {
        (void)fprintf(stderr, "%s: what is `%s`?\n", argv[0], words[0]);
    }
    return failed == TURNOUT_OK && word_count == 0;
}
