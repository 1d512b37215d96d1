/* One table of settings, and the three places a value can come from. */
#include <turnout/app/options.h>

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ini.h>

#include <turnout/base/memory.h>
#include <turnout/base/text.h>

enum option_kind {
    OPTION_PATH,    /* char[PATH_MAX]; not empty */
    OPTION_ADDRESS, /* struct listen_address; empty is off */
    OPTION_REDIS,   /* redis_is_managed and redis */
    OPTION_WORKERS, /* uint32_t within bounds; empty is one a core */
    OPTION_NUMBER,  /* int64_t within bounds */
    OPTION_CHOICE,  /* bool: whether it is the second of two words */
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
     .help = "threads that serve connections; empty: one a core"},
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
};

#undef AT

enum {
    OPTION_COUNT = sizeof table / sizeof table[0],
    VALUE_BYTES = PATH_MAX,
    PLACE_BYTES = 320,
    NAME_BYTES = 64
};

/* A value as text, and where it came from. */
struct option_value {
    char text[VALUE_BYTES];
    char place[PLACE_BYTES];
};

struct options {
    enum options_task task;
    char config[PATH_MAX];
    struct option_value values[OPTION_COUNT];
    struct settings settings;
};

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

static enum turnout_error parse_value(const struct option *option, const char *text,
                                      struct settings *settings, struct error *error)
{
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
    case OPTION_WORKERS:
        return parse_workers(option, slice_of(text), (uint32_t *)(void *)place, error);
    case OPTION_NUMBER:
        return parse_whole_number(option, slice_of(text), (int64_t *)(void *)place, error);
    case OPTION_CHOICE:
        return parse_choice(option, text, (bool *)place, error);
    }
    assert(!"a kind of option that is not handled");
    return TURNOUT_BAD_INPUT;
}

static enum turnout_error set_value(struct options *options, size_t i, const char *text, const char *place,
                                    struct error *error)
{
    struct option_value *value = &options->values[i];
    if (!slice_copy(slice_of(text), value->text, sizeof value->text)) {
        return error_fail(error, TURNOUT_TOO_LARGE, table[i].name, "%s: longer than %d bytes", place,
                          VALUE_BYTES - 1);
    }
    if (!slice_copy(slice_of(place), value->place, sizeof value->place)) {
        memcpy(value->place, "?", sizeof "?");
    }
    return TURNOUT_OK;
}

static size_t find_option(struct slice name)
{
    size_t i = 0;
    while (i < OPTION_COUNT && !slice_equals(name, table[i].name)) {
        i++;
    }
    return i;
}

/* ---- the file ---- */

struct config_file {
    FILE *file;
    struct options *options;
    struct error *error;
    enum turnout_error failed;
    int line;
    int failed_line;
    bool line_too_long;
};

static char *read_line(char *ret_line, int capacity, void *stream)
{
    struct config_file *config = stream;
    char *line = fgets(ret_line, capacity, config->file);
    if (line != NULL) {
        config->line++;
        config->line_too_long |= strchr(line, '\n') == NULL && !feof(config->file);
        /* With blanks in front, libinih would take it for more of the value before. */
        size_t blanks = strspn(line, " \t\v\f\r");
        memmove(line, line + blanks, strlen(line + blanks) + 1);
    }
    return line;
}

static int on_setting(void *context, const char *section, const char *name, const char *text)
{
    struct config_file *config = context;
    if (config->failed != TURNOUT_OK) {
        return 0;
    }
    char place[PLACE_BYTES];
    (void)snprintf(place, sizeof place, "%.280s:%d", config->options->config, config->line);
    size_t i = find_option(slice_of(name));
    if (section[0] != '\0') {
        config->failed = error_fail(config->error, TURNOUT_BAD_INPUT, section,
                                    "%s: settings stand alone here, without a section", place);
    } else if (i == OPTION_COUNT) {
        config->failed =
            error_fail(config->error, TURNOUT_BAD_INPUT, name, "%s: there is no setting '%s'", place, name);
    } else {
        config->failed = set_value(config->options, i, text, place, config->error);
    }
    return config->failed == TURNOUT_OK;
}

static enum turnout_error read_file(struct options *options, struct error *error)
{
    struct config_file config = {.options = options, .error = error};
    config.file = fopen(options->config, "re");
    if (config.file == NULL) {
        return error_fail_system(error, errno, "config", "cannot read %s", options->config);
    }
    int bad_line = ini_parse_stream(read_line, &config, on_setting, &config);
    int closed = fclose(config.file);
    if (config.failed == TURNOUT_OK && (bad_line != 0 || config.line_too_long || closed != 0)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "config", "%s:%d: not a line of the form `name = value`",
                          options->config, bad_line > 0 ? bad_line : config.line);
    }
    return config.failed;
}

/* ---- the environment ---- */

static const char variable_prefix[] = "TURNOUT_";

/* Whether a variable, its prefix taken off, is the one of a setting: PUBLISH_MS of publish-ms. */
static bool variable_is(struct slice variable, const char *name)
{
    if (variable.length != strlen(name)) {
        return false;
    }
    for (size_t i = 0; i < variable.length; i++) {
        int expected = name[i] == '-' ? '_' : toupper((unsigned char)name[i]);
        if ((unsigned char)variable.bytes[i] != expected) {
            return false;
        }
    }
    return true;
}

static enum turnout_error read_variable(struct options *options, const char *entry, struct error *error)
{
    struct slice rest = slice_of(entry);
    struct slice variable = text_split(&rest, '=');
    char place[PLACE_BYTES];
    (void)snprintf(place, sizeof place, "%.*s", (int)variable.length, variable.bytes);
    variable.bytes += strlen(variable_prefix);
    variable.length -= strlen(variable_prefix);
    if (variable_is(variable, "config")) {
        return TURNOUT_OK; /* taken before */
    }
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (variable_is(variable, table[i].name)) {
            return set_value(options, i, rest.bytes, place, error);
        }
    }
    return error_fail(error, TURNOUT_BAD_INPUT, place, "%s: no setting has this name", place);
}

static enum turnout_error read_environment(struct options *options, char **environment, struct error *error)
{
    for (char **entry = environment; *entry != NULL; entry++) {
        if (strncmp(*entry, variable_prefix, strlen(variable_prefix)) != 0) {
            continue;
        }
        enum turnout_error failed = read_variable(options, *entry, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    return TURNOUT_OK;
}

/* ---- flags ---- */

/* One flag of the command line: `--name value`, `--name=value`, or a task. */
struct flag {
    struct slice name;
    const char *value; /* NULL: there is none */
    int taken;         /* arguments */
};

static enum turnout_error next_flag(int left, char **argv, struct flag *ret_flag, struct error *error)
{
    const char *argument = argv[0];
    if (strncmp(argument, "--", 2) != 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, argument, "'%s' is not a flag; see --help", argument);
    }
    struct slice rest = slice_of(argument + 2);
    struct flag flag = {.name = text_split(&rest, '='), .value = rest.bytes, .taken = 1};
    if (flag.value == NULL && left > 1) {
        flag.value = argv[1];
        flag.taken = 2;
    }
    *ret_flag = flag;
    return TURNOUT_OK;
}

static bool find_task(struct slice name, enum options_task *ret_task)
{
    static const struct {
        const char *name;
        enum options_task task;
    } tasks[] = {{"help", TASK_HELP},
                 {"version", TASK_VERSION},
                 {"print-config", TASK_PRINT_CONFIG},
                 {"check-config", TASK_CHECK_CONFIG}};
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        if (slice_equals(name, tasks[i].name)) {
            *ret_task = tasks[i].task;
            return true;
        }
    }
    return false;
}

/* Called twice: for --config and the tasks before the file is read, for the settings after. */
static enum turnout_error read_flags(struct options *options, int argc, char **argv, bool sets_values,
                                     struct error *error)
{
    for (int at = 1; at < argc;) {
        struct flag flag = {0};
        enum turnout_error failed = next_flag(argc - at, argv + at, &flag, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
        size_t i = find_option(flag.name);
        bool is_config = slice_equals(flag.name, "config");
        if (find_task(flag.name, &options->task)) {
            at++;
            continue;
        }
        if (i == OPTION_COUNT && !is_config) {
            return error_fail(error, TURNOUT_BAD_INPUT, argv[at] + 2,
                              "%s: no setting has this name; see --help", argv[at]);
        }
        if (flag.value == NULL) {
            return error_fail(error, TURNOUT_BAD_INPUT, argv[at] + 2, "%s: a value is missing", argv[at]);
        }
        if (is_config && !slice_copy(slice_of(flag.value), options->config, sizeof options->config)) {
            return error_fail(error, TURNOUT_TOO_LARGE, "config", "--config: the path is too long");
        }
        if (!is_config && sets_values) {
            char place[PLACE_BYTES];
            (void)snprintf(place, sizeof place, "--%s", table[i].name);
            failed = set_value(options, i, flag.value, place, error);
            if (failed != TURNOUT_OK) {
                return failed;
            }
        }
        at += flag.taken;
    }
    return TURNOUT_OK;
}

/* ---- all of it ---- */

static enum turnout_error parse_all(struct options *options, struct error *error)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        struct error cause;
        const struct option_value *value = &options->values[i];
        if (options->task == TASK_PRINT_CONFIG && value->text[0] == '\0') {
            continue; /* what is missing may be seen, too */
        }
        enum turnout_error failed = parse_value(&table[i], value->text, &options->settings, &cause);
        if (failed != TURNOUT_OK) {
            return error_fail(error, failed, table[i].name, "%s: %s", value->place, cause.text);
        }
    }
    return TURNOUT_OK;
}

static enum turnout_error gather(struct options *options, int argc, char **argv, char **environment,
                                 struct error *error)
{
    enum turnout_error failed = TURNOUT_OK;
    for (size_t i = 0; i < OPTION_COUNT && failed == TURNOUT_OK; i++) {
        failed = set_value(options, i, table[i].standard, "default", error);
    }
    const char *config = getenv("TURNOUT_CONFIG");
    if (config != NULL && !slice_copy(slice_of(config), options->config, sizeof options->config)) {
        failed = error_fail(error, TURNOUT_TOO_LARGE, "config", "TURNOUT_CONFIG: the path is too long");
    }
    if (failed == TURNOUT_OK) {
        failed = read_flags(options, argc, argv, false, error);
    }
    if (failed != TURNOUT_OK || options->task == TASK_HELP || options->task == TASK_VERSION) {
        return failed;
    }
    if (options->config[0] != '\0') {
        failed = read_file(options, error);
    }
    if (failed == TURNOUT_OK) {
        failed = read_environment(options, environment, error);
    }
    if (failed == TURNOUT_OK) {
        failed = read_flags(options, argc, argv, true, error);
    }
    return failed == TURNOUT_OK ? parse_all(options, error) : failed;
}

enum turnout_error options_read(int argc, char **argv, char **environment, struct options **ret_options,
                                struct error *error)
{
    struct options *options = memory_new(sizeof *options);
    enum turnout_error failed = gather(options, argc, argv, environment, error);
    if (failed != TURNOUT_OK) {
        options_free(options);
        return failed;
    }
    *ret_options = options;
    return TURNOUT_OK;
}

void options_free(struct options *options)
{
    free(options);
}

enum options_task options_task(const struct options *options)
{
    return options->task;
}

const struct settings *options_settings(const struct options *options)
{
    return &options->settings;
}

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

void options_print(const struct options *options, FILE *out)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        (void)fprintf(out, "; %s\n%s = %s\n", options->values[i].place, table[i].name,
                      options->values[i].text);
    }
}
