/* `turnout keys`: makes signing keys, lists them, revokes them. A private key goes into its files and nowhere else,
 * least of all to the terminal. */
#include "commands.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/base/rfc3339.h>
#include <turnout/store/election_folder.h>
#include <turnout/store/election_keys.h>

#include "command_options.h"
#include "keys/keys_make.h"
#include "keys/keys_table.h"

static const struct usage_row usage[] = {
    {"make --election DIR --out OUT",
     "makes keys: OUT/<key>.pem, OUT/cards/<area>.html to print, and DIR/keys.csv"},
    {"  --units", "a key for every polling unit (this is the default)"},
    {"  --communes", "a relay key for every commune, which signs for its units"},
    {"  --provinces", "likewise for every province"},
    {"  --area CODE", "only for this unit, or for this area and what is in it"},
    {"  --from TIME, --until TIME", "when they are good, 2026-03-15T07:00:00+07:00; default always"},
    {"", ""},
    {"revoke --election DIR KEY...", "says in DIR/keys.csv that these keys are good no longer"},
    {"  --at TIME", "from when on; default now"},
    {"", ""},
    {"list --election DIR", "key, area and standing: good, not yet, expired or revoked"},
    {"  --area CODE", "only those of this unit, or of this area and what is in it"},
    {"", ""},
    {"exit status",
     "0 done, 1 a file could not be written, 2 used wrongly, or the election's files are at fault"},
    {NULL, NULL},
};

/* Bits, so that what was given can be held against what an action takes. */
enum option_bit {
    OPTION_ELECTION = 1,
    OPTION_OUT = 2,
    OPTION_UNITS = 4,
    OPTION_COMMUNES = 8,
    OPTION_PROVINCES = 16,
    OPTION_AREA = 32,
    OPTION_FROM = 64,
    OPTION_UNTIL = 128,
    OPTION_AT = 256,
    OPTION_HELP = 512,
};

static const struct option long_options[] = {
    {"election", required_argument, NULL, OPTION_ELECTION},
    {"out", required_argument, NULL, OPTION_OUT},
    {"units", no_argument, NULL, OPTION_UNITS},
    {"communes", no_argument, NULL, OPTION_COMMUNES},
    {"provinces", no_argument, NULL, OPTION_PROVINCES},
    {"area", required_argument, NULL, OPTION_AREA},
    {"from", required_argument, NULL, OPTION_FROM},
    {"until", required_argument, NULL, OPTION_UNTIL},
    {"at", required_argument, NULL, OPTION_AT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

struct keys_options {
    unsigned given; /* option_bits */
    const char *election;
    const char *out;
    const char *area;
    const char *from; /* "" where not given */
    const char *until;
    const char *at;
    int64_t from_s; /* Unix seconds; 0 where not given */
    int64_t until_s;
    int64_t at_s;
    char *const *keys; /* to revoke */
    size_t key_count;
};

struct action {
    const char *name;
    unsigned required; /* option_bits */
    unsigned allowed;
    bool takes_keys;
    int (*run)(const struct keys_options *options);
};

static void print_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    const char *const *folder = context;
    (void)fprintf(stderr, "%s/%s:%" PRIu32 ": %s%s%s\n", *folder, file, line, error->field,
                  error->field[0] == '\0' ? "" : ": ", error->text);
}

/* Says what went wrong and returns the exit status for it. */
static int fail(const char *command, enum turnout_error code, const struct error *error)
{
    (void)fprintf(stderr, "%s: %s%s%s\n", command, error->field, error->field[0] == '\0' ? "" : ": ",
                  error->text);
    return code == TURNOUT_SYSTEM ? EXIT_FAILED : EXIT_USAGE;
}

/* ---- make ---- */

static void print_made(const struct keys_options *options, const struct keys_made *made, int64_t took_ms)
{
    const struct {
        uint32_t count;
        const char *holders;
    } kinds[] = {
        {made->units, "polling units"}, {made->communes, "communes"}, {made->provinces, "provinces"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].count > 0) {
            (void)printf("%" PRIu32 " key%s for %s\n", kinds[i].count, kinds[i].count == 1 ? "" : "s",
                         kinds[i].holders);
        }
    }
    if (made->further > 0) {
        (void)printf("%" PRIu32 " of them beside keys that were there before and are as good as they were\n",
                     made->further);
    }
    (void)printf("made in %" PRId64 ".%" PRId64 " s\n\n", took_ms / 1000, took_ms % 1000 / 100);
    (void)printf("  %s/keys.csv  public: turnoutd reads it at once\n", options->election);
    (void)printf("  %s/*.pem  secret: a private key each\n", options->out);
    (void)printf("  %s/cards/*.html  secret: %" PRIu32 " pages of cards to print and hand out\n\n",
                 options->out, made->pages);
    (void)printf(
        "Whoever has a private key can report in its unit's name. Keep `%s` away from the server, and\n"
        "delete it when the cards are handed out.\n",
        options->out);
}

static int make(const struct keys_options *options)
{
    bool any_kind = (options->given & (OPTION_UNITS | OPTION_COMMUNES | OPTION_PROVINCES)) != 0;
    struct keys_make_options what = {
        .election = options->election,
        .out = options->out,
        .area = options->area,
        .units = !any_kind || (options->given & OPTION_UNITS) != 0,
        .communes = (options->given & OPTION_COMMUNES) != 0,
        .provinces = (options->given & OPTION_PROVINCES) != 0,
        .from = options->from,
        .until = options->until,
    };
    const char *folder = options->election;
    struct keys_made made;
    struct error error = {0};
    int64_t started_ms = clock_monotonic_ms();
    enum turnout_error failed = keys_make(&what, print_fault, &folder, &made, &error);
    if (failed != TURNOUT_OK) {
        int status = fail("turnout keys make", failed, &error);
        (void)fprintf(stderr, "keys.csv is as it was: no key of this run is good for anything\n");
        return status;
    }
    print_made(options, &made, clock_monotonic_ms() - started_ms);
    return EXIT_DONE;
}

/* ---- an election and its keys ---- */

struct known {
    struct election_folder folder;
    struct signing_keys *keys;
};

static enum turnout_error known_init(struct known *known, const char *folder, struct error *error)
{
    enum turnout_error failed = election_folder_read(folder, print_fault, &folder, &known->folder, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = election_keys_read(folder, known->folder.reg, print_fault, &folder, &known->keys, error);
    if (failed != TURNOUT_OK) {
        election_folder_done(&known->folder);
    }
    return failed;
}

static void known_done(struct known *known)
{
    signing_keys_release(known->keys);
    election_folder_done(&known->folder);
}

static const char *holder_code(const struct known *known, const struct signing_key *key)
{
    const struct election_register *reg = known->folder.reg;
    return key->unit != REGISTER_NONE ? reg->units[key->unit].code : reg->areas[key->area].code;
}

/* ---- revoke ---- */

/* The keys that are not revoked by then: their ids into ret_ids. False when there is no such key. */
static bool choose_revoked(const struct keys_options *options, const struct known *known, int64_t at,
                           const char **ret_ids, size_t *ret_count)
{
    size_t unknown = 0;
    *ret_count = 0;
    for (size_t i = 0; i < options->key_count; i++) {
        const struct signing_key *key = signing_keys_find(known->keys, options->keys[i]);
        if (key == NULL) {
            (void)fprintf(stderr, "turnout keys revoke: %s/keys.csv has no key %s\n", options->election,
                          options->keys[i]);
            unknown++;
            continue;
        }
        bool is_again = false;
        for (size_t before = 0; before < i; before++) {
            is_again = is_again || strcmp(options->keys[before], key->id) == 0;
        }
        if (!is_again && (key->revoked == 0 || at < key->revoked)) {
            ret_ids[(*ret_count)++] = key->id;
        }
    }
    if (unknown > 0) {
        (void)fprintf(stderr, "no key was revoked; `turnout keys list` tells which there are\n");
    }
    return unknown == 0;
}

/* The keys as they were before, `moment` what was written. */
static void print_revoked(const struct keys_options *options, const struct known *known, int64_t at,
                          const char *moment)
{
    for (size_t i = 0; i < options->key_count; i++) {
        const struct signing_key *key = signing_keys_find(known->keys, options->keys[i]);
        char before[RFC3339_BYTES];
        rfc3339_format(key->revoked, known->folder.election.offset_s, before);
        bool stands = key->revoked != 0 && key->revoked <= at;
        (void)printf("%s of %s: %s %s\n", key->id, holder_code(known, key),
                     stands ? "was revoked before, from" : "revoked from", stands ? before : moment);
    }
}

static int revoke_among(const struct keys_options *options, struct keys_table *table,
                        const struct known *known)
{
    char moment[RFC3339_BYTES];
    int64_t at = options->at_s != 0 ? options->at_s : clock_wall_ms() / 1000;
    rfc3339_format(at, known->folder.election.offset_s, moment);
    const char **ids = memory_new_array(options->key_count, sizeof *ids);
    size_t count = 0;
    struct error error = {0};
    int status = EXIT_DONE;
    if (!choose_revoked(options, known, at, ids, &count)) {
        status = EXIT_USAGE;
    } else if (count > 0) {
        keys_table_revoke(table, ids, count, moment);
        enum turnout_error failed = keys_table_save(table, &error);
        status = failed == TURNOUT_OK ? EXIT_DONE : fail("turnout keys revoke", failed, &error);
    }
    free(ids);
    if (status == EXIT_DONE) {
        print_revoked(options, known, at, moment);
    }
    return status;
}

static int revoke(const struct keys_options *options)
{
    struct keys_table table;
    struct known known = {.keys = NULL};
    struct error error = {0};
    enum turnout_error failed = keys_table_open(options->election, &table, &error);
    if (failed != TURNOUT_OK) {
        return fail("turnout keys revoke", failed, &error);
    }
    failed = known_init(&known, options->election, &error);
    int status = EXIT_DONE;
    if (failed == TURNOUT_OK) {
        status = revoke_among(options, &table, &known);
        known_done(&known);
    } else {
        status = fail("turnout keys revoke", failed, &error);
    }
    keys_table_close(&table);
    return status;
}

/* ---- list ---- */

static const char *standing_at(const struct signing_key *key, int64_t now)
{
    const char *why = NULL;
    if (signing_key_is_good_at(key, now, &why)) {
        return "good";
    }
    if (key->revoked != 0 && now >= key->revoked) {
        return "revoked";
    }
    return now < key->from ? "not yet" : "expired";
}

/* Whether the key's holder is this unit, or lies in this area. */
static bool is_within(const struct election_register *reg, const struct signing_key *key, uint32_t area,
                      uint32_t unit)
{
    if (unit != REGISTER_NONE) {
        return key->unit == unit;
    }
    uint32_t at = key->unit != REGISTER_NONE ? reg->units[key->unit].commune : key->area;
    while (at != area && at != REGISTER_NATION) {
        at = reg->areas[at].parent;
    }
    return at == area;
}

static int list_known(const struct keys_options *options, const struct known *known)
{
    const struct election_register *reg = known->folder.reg;
    uint32_t area = REGISTER_NATION;
    uint32_t unit = REGISTER_NONE;
    if (options->area != NULL) {
        area = register_find_area(reg, slice_of(options->area));
        unit = register_find_unit(reg, slice_of(options->area));
        if (area == REGISTER_NONE && unit == REGISTER_NONE) {
            (void)fprintf(stderr, "turnout keys list: area: no unit and no area has the code %s\n",
                          options->area);
            return EXIT_USAGE;
        }
    }
    int64_t now = clock_wall_ms() / 1000;
    for (size_t i = 0; i < signing_keys_count(known->keys); i++) {
        const struct signing_key *key = signing_keys_at(known->keys, i);
        if (is_within(reg, key, area, unit)) {
            (void)printf("%-20s  %-16s  %s\n", key->id, holder_code(known, key), standing_at(key, now));
        }
    }
    return EXIT_DONE;
}

static int list(const struct keys_options *options)
{
    struct known known = {.keys = NULL};
    struct error error = {0};
    enum turnout_error failed = known_init(&known, options->election, &error);
    if (failed != TURNOUT_OK) {
        return fail("turnout keys list", failed, &error);
    }
    int status = list_known(options, &known);
    known_done(&known);
    return status;
}

/* ---- the command line ---- */

static bool read_moment(const char *option, const char *value, const char **ret_text, int64_t *ret_moment)
{
    if (!rfc3339_parse(slice_of(value), ret_moment, NULL) || *ret_moment <= 0) {
        (void)fprintf(stderr, "%s %s: must be a time with its offset, such as 2026-03-15T07:00:00+07:00\n",
                      option, value);
        return false;
    }
    *ret_text = value;
    return true;
}

static bool read_option(int option, const char *value, struct keys_options *options)
{
    options->given |= option == '?' ? 0U : (unsigned)option;
    switch (option) {
    case OPTION_ELECTION:
        options->election = value;
        return true;
    case OPTION_OUT:
        options->out = value;
        return true;
    case OPTION_AREA:
        options->area = value;
        return true;
    case OPTION_FROM:
        return read_moment("--from", value, &options->from, &options->from_s);
    case OPTION_UNTIL:
        return read_moment("--until", value, &options->until, &options->until_s);
    case OPTION_AT:
        return read_moment("--at", value, &options->at, &options->at_s);
    case '?':
        return false; /* getopt_long has said why */
    default:
        return true;
    }
}

static const struct action actions[] = {
    {"make", OPTION_ELECTION | OPTION_OUT,
     OPTION_ELECTION | OPTION_OUT | OPTION_UNITS | OPTION_COMMUNES | OPTION_PROVINCES | OPTION_AREA |
         OPTION_FROM | OPTION_UNTIL,
     false, make},
    {"revoke", OPTION_ELECTION, OPTION_ELECTION | OPTION_AT, true, revoke},
    {"list", OPTION_ELECTION, OPTION_ELECTION | OPTION_AREA, false, list},
};

static const struct action *find_action(const char *name)
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (name != NULL && strcmp(actions[i].name, name) == 0) {
            return &actions[i];
        }
    }
    return NULL;
}

/* What only the whole command line can show. Returns EXIT_DONE when it is right. */
static int check_options(const char *command, const struct action *action, const struct keys_options *options)
{
    for (const struct option *option = long_options; option->name != NULL; option++) {
        unsigned bit = (unsigned)option->val;
        if ((action->required & bit) != 0 && (options->given & bit) == 0) {
            return usage_error(command, "%s: --%s is missing", action->name, option->name);
        }
        if ((action->allowed & bit) == 0 && (options->given & bit) != 0) {
            return usage_error(command, "%s takes no --%s", action->name, option->name);
        }
    }
    if (action->takes_keys != (options->key_count > 0)) {
        return action->takes_keys ? usage_error(command, "%s: which key?", action->name)
                                  : usage_error(command, "what is `%s`?", options->keys[0]);
    }
    if (options->until_s != 0 && options->until_s <= options->from_s) {
        return usage_error(command, "--until must be after --from");
    }
    return EXIT_DONE;
}

int command_keys(int argc, char **argv)
{
    struct keys_options options = {.from = "", .until = "", .at = ""};
    int option = 0;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (!read_option(option, optarg, &options)) {
            return EXIT_USAGE;
        }
    }
    if ((options.given & OPTION_HELP) != 0) {
        return usage_print("turnout keys make|revoke|list --election DIR [OPTIONS]", usage);
    }
    const struct action *action = find_action(argv[optind]);
    if (action == NULL) {
        return usage_error(argv[0], "expected make, revoke or list");
    }
    options.keys = argv + optind + 1;
    options.key_count = (size_t)(argc - optind - 1);
    int status = check_options(argv[0], action, &options);
    return status == EXIT_DONE ? finish_output(action->run(&options)) : status;
}
