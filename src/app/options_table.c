/* One table of settings, and how each kind of value is read. */
#include "options_table.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

enum option_kind {
    OPTION_PATH,    /* char[PATH_MAX]; not empty */
    OPTION_ADDRESS, /* struct listen_address; empty is off */
    OPTION_REDIS,   /* redis_is_managed and redis */
    OPTION_REDIS_USER,
    OPTION_REDIS_PASSWORD, /* a file */
    OPTION_WORKERS,        /* uint32_t within bounds; empty is one a core */
    OPTION_NUMBER,         /* int64_t within bounds */
    OPTION_LIMIT,          /* uint32_t within bounds */
    OPTION_CHOICE,         /* bool: whether it is the second of two words */
    OPTION_PROXIES,        /* struct proxy_list */
};

struct option {
    const char *name;
    enum option_kind kind;
    size_t offset;        /* in struct settings */
    const char *standard; /* the default */
    const char *takes;    /* for --help */
    int64_t least, most;
    const char *words[2];
    const char *help;
};

#define AT(field) offsetof(struct settings, field)

static const struct option table[] = {
    {.name = "election",
     .kind = OPTION_PATH,
     .offset = AT(election),
     .standard = "",
     .takes = "DIR",
     .help = "the election's folder: election.ini, areas.csv, units.csv, keys.csv; required"},
    {.name = "data",
     .kind = OPTION_PATH,
     .offset = AT(data),
     .standard = "./turnout-data",
     .takes = "DIR",
     .help = "what must outlive the process; one server a folder"},
    {.name = "redis",
     .kind = OPTION_REDIS,
     .standard = "managed",
     .takes = "WHERE",
     .help = "managed: turnoutd runs a private one; or unix:/path, tcp://host:port: one that runs already"},
    {.name = "redis-user",
     .kind = OPTION_REDIS_USER,
     .standard = "",
     .takes = "NAME",
     .help = "as whom to log in to a Redis that runs already; empty: not at all, or with a password as "
             "`default`"},
    {.name = "redis-password-file",
     .kind = OPTION_REDIS_PASSWORD,
     .standard = "",
     .takes = "FILE",
     .help = "its first line is that user's password; only its owner may read it; empty: no password"},
    {.name = "public",
     .kind = OPTION_ADDRESS,
     .offset = AT(public_http),
     .standard = "127.0.0.1:8080",
     .takes = "ADDRESS:PORT",
     .help = "where everybody reads; port 0: any free one; empty: off"},
    {.name = "intake-http",
     .kind = OPTION_ADDRESS,
     .offset = AT(intake_http),
     .standard = "127.0.0.1:8081",
     .takes = "ADDRESS:PORT",
     .help = "where reports come in over HTTP"},
    {.name = "intake-stream",
     .kind = OPTION_ADDRESS,
     .offset = AT(intake_stream),
     .standard = "127.0.0.1:7070",
     .takes = "ADDRESS:PORT",
     .help = "where reports come in one a line"},
    {.name = "operate",
     .kind = OPTION_ADDRESS,
     .offset = AT(operate),
     .standard = "127.0.0.1:9090",
     .takes = "ADDRESS:PORT",
     .help = "/livez, /readyz and /metrics, for those who run it"},
    {.name = "workers",
     .kind = OPTION_WORKERS,
     .offset = AT(workers),
     .standard = "",
     .takes = "THREADS",
     .least = 1,
     .most = WORKERS_MAX,
     .help = "threads that take reports, and as many that serve readers; empty: one a core"},
    {.name = "intake",
     .kind = OPTION_CHOICE,
     .offset = AT(intake_is_open),
     .standard = "signed",
     .takes = "signed|open",
     .words = {"signed", "open"},
     .help = "open: takes unsigned reports too, in rehearsal only"},
    {.name = "durability",
     .kind = OPTION_CHOICE,
     .offset = AT(durability_is_relaxed),
     .standard = "strict",
     .takes = "strict|relaxed",
     .words = {"strict", "relaxed"},
     .help = "relaxed: starts even though Redis may lose acknowledged reports"},
    {.name = "publish-ms",
     .kind = OPTION_NUMBER,
     .offset = AT(publish_ms),
     .standard = "500",
     .takes = "MILLISECONDS",
     .least = 50,
     .most = 60000,
     .help = "how often the publication is renewed"},
    {.name = "connections-per-address",
     .kind = OPTION_LIMIT,
     .offset = AT(connections_per_address),
     .standard = "1024",
     .takes = "CONNECTIONS",
     .least = 1,
     .most = 65535,
     .help = "open connections from one address, all listeners together; more are refused"},
    {.name = "refusals-per-minute",
     .kind = OPTION_LIMIT,
     .offset = AT(refusals_per_minute),
     .standard = "6000",
     .takes = "REQUESTS",
     .least = 1,
     .most = 1000000,
     .help = "reports and requests a minute that one address may send in vain (refused, or sent again); "
             "beyond it: too-many"},
    {.name = "reports-per-minute",
     .kind = OPTION_LIMIT,
     .offset = AT(reports_per_minute),
     .standard = "600",
     .takes = "REPORTS",
     .least = 1,
     .most = 1000000,
     .help = "reports a minute that a key may sign for each unit it signs for; beyond it: too-many"},
    {.name = "proxies",
     .kind = OPTION_PROXIES,
     .offset = AT(proxies),
     .standard = "127.0.0.1 ::1",
     .takes = "ADDRESSES",
     .help = "addresses that speak for many, such as a proxy in front: no limits by address there"},
};

#undef AT

enum { OPTION_COUNT = sizeof table / sizeof table[0] };

size_t options_table_count(void)
{
    return OPTION_COUNT;
}

const char *options_table_name(size_t i)
{
    return table[i].name;
}

const char *options_table_standard(size_t i)
{
    return table[i].standard;
}

size_t options_table_find(struct slice name)
{
    size_t i = 0;
    while (i < OPTION_COUNT && !slice_equals(name, table[i].name)) {
        i++;
    }
    return i;
}

/* ---- one value ---- */

static enum turnout_error parse_whole_number(const struct option *option, struct slice text,
                                             int64_t *ret_value, struct error *error)
{
    if (!text_parse_integer(text, option->least, option->most, ret_value)) {
        return error_fail(error, TURNOUT_BAD_INPUT, option->name,
                          "'%.*s' is not a whole number from %lld to %lld", (int)text.length, text.bytes,
                          (long long)option->least, (long long)option->most);
    }
    return TURNOUT_OK;
}

static enum turnout_error parse_limit(const struct option *option, struct slice text, uint32_t *ret_limit,
                                      struct error *error)
{
    int64_t limit;
    enum turnout_error failed = parse_whole_number(option, text, &limit, error);
    if (failed == TURNOUT_OK) {
        *ret_limit = (uint32_t)limit;
    }
    return failed;
}

static enum turnout_error parse_workers(const struct option *option, struct slice text, uint32_t *ret_workers,
                                        struct error *error)
{
    int64_t workers = sysconf(_SC_NPROCESSORS_ONLN);
    workers = workers < option->least ? option->least : workers > option->most ? option->most : workers;
    if (text.length > 0) {
        enum turnout_error failed = parse_whole_number(option, text, &workers, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    *ret_workers = (uint32_t)workers;
    return TURNOUT_OK;
}

static enum turnout_error parse_redis(const char *text, struct settings *settings, struct error *error)
{
    settings->redis_is_managed = strcmp(text, "managed") == 0;
    if (settings->redis_is_managed) {
        return TURNOUT_OK;
    }
    if (strncmp(text, "cluster://", strlen("cluster://")) == 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, "redis",
                          "cluster:// is not built yet; use managed, unix:/path or tcp://host:port");
    }
    return store_address_parse(text, &settings->redis, error);
}

/* The Redis that turnoutd manages has its users from turnoutd. */
static enum turnout_error check_not_managed(const struct option *option, const struct settings *settings,
                                            struct error *error)
{
    return settings->redis_is_managed
               ? error_fail(error, TURNOUT_BAD_INPUT, option->name,
                            "turnoutd logs in to the Redis it manages by itself: leave this out, or say with "
                            "`redis` where another one is")
               : TURNOUT_OK;
}

static enum turnout_error parse_redis_login(const struct option *option, const char *text,
                                            struct settings *settings, struct error *error)
{
    if (text[0] == '\0') {
        return TURNOUT_OK;
    }
    enum turnout_error failed = check_not_managed(option, settings, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    return option->kind == OPTION_REDIS_USER ? store_address_set_user(&settings->redis, text, error)
                                             : store_address_read_password(&settings->redis, text, error);
}

static enum turnout_error parse_choice(const struct option *option, const char *text, bool *ret_is_second,
                                       struct error *error)
{
    if (strcmp(text, option->words[0]) != 0 && strcmp(text, option->words[1]) != 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, option->name, "'%s' is neither %s nor %s", text,
                          option->words[0], option->words[1]);
    }
    *ret_is_second = strcmp(text, option->words[1]) == 0;
    return TURNOUT_OK;
}

enum turnout_error options_table_parse(size_t i, const char *text, struct settings *settings,
                                       struct error *error)
{
    const struct option *option = &table[i];
    char *place = (char *)settings + option->offset;
    switch (option->kind) {
    case OPTION_PATH:
        if (text[0] == '\0') {
            return error_fail(error, TURNOUT_BAD_INPUT, option->name, "a folder is needed: --%s %s",
                              option->name, option->takes);
        }
        memcpy(place, text, strlen(text) + 1);
        return TURNOUT_OK;
    case OPTION_ADDRESS:
        return listen_address_parse(text, (struct listen_address *)(void *)place, error);
    case OPTION_REDIS:
        return parse_redis(text, settings, error);
    case OPTION_REDIS_USER:
    case OPTION_REDIS_PASSWORD:
        return parse_redis_login(option, text, settings, error);
    case OPTION_WORKERS:
        return parse_workers(option, slice_of(text), (uint32_t *)(void *)place, error);
    case OPTION_NUMBER:
        return parse_whole_number(option, slice_of(text), (int64_t *)(void *)place, error);
    case OPTION_LIMIT:
        return parse_limit(option, slice_of(text), (uint32_t *)(void *)place, error);
    case OPTION_PROXIES:
        return proxy_list_parse(text, (struct proxy_list *)(void *)place, error);
    case OPTION_CHOICE:
        return parse_choice(option, text, (bool *)place, error);
    }
    assert(!"a kind of option that is not handled");
    return TURNOUT_BAD_INPUT;
}

/* ---- help ---- */

void options_print_help(FILE *out)
{
    (void)fprintf(
        out, "turnoutd --election DIR [--NAME VALUE ...]\n\n"
             "Counts voters on election day. Each setting may be a flag, a variable (TURNOUT_NAME), or a\n"
             "line `name = value` of the file named by --config; a flag counts most, the file least.\n\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &table[i];
        (void)fprintf(out, "  --%s %s\n        %s", option->name, option->takes, option->help);
        if (option->most > 0) {
            (void)fprintf(out, " (%lld to %lld)", (long long)option->least, (long long)option->most);
        }
        if (option->standard[0] != '\0') {
            (void)fprintf(out, "; default %s", option->standard);
        }
        (void)fputs("\n", out);
    }
    (void)fprintf(
        out, "\n  --config FILE     read settings from FILE\n"
             "  --print-config    print every setting with its value and where it came from\n"
             "  --check-config    say whether it would start: settings and election are read and checked\n"
             "  --help, --version\n\n"
             "Exit status: 0 done, 1 failed while running, 2 bad settings or election.\n");
}
