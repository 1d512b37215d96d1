/* The command line of a load program. What a program does not use it does not ask for, so nothing is checked to
 * be there: an address that is missing is one where nobody answers. */
#include "bench_options.h"

#include <stdio.h>

#include <turnout/base/settings.h>

#include "simulate/simulate_plan.h"

static enum turnout_error read_redis(const char *text, void *target, struct error *error)
{
    struct bench_options *options = target;
    return store_address_parse(text, &options->redis, error);
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

static const struct setting rows[] = {
    TEXT("election", election, "."),
    TEXT("data", data, "."),
    {.name = "redis", .kind = SETTING_OWN, .read = read_redis, .takes = "ADDRESS", .help = ""},
    NUMBER("port", port, NULL, 1, UINT16_MAX),
    NUMBER("http-port", http_port, NULL, 1, UINT16_MAX),
    NUMBER("connections", connections, "1", 1, BENCH_CONNECTIONS_MAX),
    NUMBER("a-second", a_second, "1", 1, BENCH_A_SECOND_MAX),
    NUMBER("seconds", seconds, "60", 1, BENCH_SECONDS_MAX),
    TEXT("token", token, ""),
    TEXT("text", text, ""),
    NUMBER("reports-a-unit", reports_a_unit, "1", 1, SIMULATE_ROUNDS_MAX),
    NUMBER("reports-a-batch", reports_a_batch, "1000", 1, STORE_BATCH_REPORTS_MAX),
    NUMBER("seed", seed, "1", 0, INT64_MAX),
};

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
