/* `turnout keys`: makes signing keys, lists them, revokes them. A private key is written to its files only, never to
 * the terminal. */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/base/rfc3339.h>

#include "client/read_election.h"
#include "keys/keys_make.h"
#include "keys/keys_table.h"

/* The options of all actions; each action's table fills some of them. */
struct keys_options {
    struct keys_make_options make;
    struct setting_moment at;
};

/* Prints what went wrong, and returns its exit status. */
static int fail(const char *command, enum turnout_error code, const struct error *error)
{
    (void)fprintf(stderr, "%s: %s%s%s\n", command, error->field, error->field[0] == '\0' ? "" : ": ",
                  error->text);
    return code == TURNOUT_SYSTEM ? EXIT_FAILED : EXIT_USAGE;
}

/* ---- make ---- */

static void print_made(const struct keys_make_options *options, const struct keys_made *made, int64_t took_ms)
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
        (void)printf("%" PRIu32 " of them in addition to existing keys, which stay valid\n", made->further);
    }
    (void)printf("made in %" PRId64 ".%" PRId64 " s\n\n", took_ms / 1000, took_ms % 1000 / 100);
    (void)printf("  %s/keys.csv  public: turnoutd reads it at once\n", options->election);
    (void)printf("  %s/*.pem  secret: one private key each\n", options->out);
    (void)printf("  %s/cards/*.html  secret: %" PRIu32 " pages of cards to print and hand out\n\n",
                 options->out, made->pages);
    (void)printf(
        "Whoever has a private key can report in its unit's name. Keep `%s` away from the server, and\n"
        "delete it when the cards are handed out.\n",
        options->out);
}

static int make(const struct command_line *line)
{
    const struct keys_make_options *options = &((const struct keys_options *)line->options)->make;
    if (options->until.text != NULL && options->until.seconds <= options->from.seconds) {
        return usage_error(line->name, "--until must be after --from");
    }
    const char *folder = options->election;
    struct keys_made made;
    struct error error = {0};
    int64_t started_ms = clock_monotonic_ms();
    enum turnout_error failed = keys_make(options, print_fault, &folder, &made, &error);
    if (failed != TURNOUT_OK) {
        int status = fail(line->name, failed, &error);
        (void)fprintf(stderr, "keys.csv is unchanged: no key of this run is valid\n");
        return status;
    }
    print_made(options, &made, clock_monotonic_ms() - started_ms);
    return finish_output(EXIT_DONE);
}

/* ---- an election and its keys ---- */

struct known {
    struct election_folder folder;
    struct signing_keys *keys;
};

static enum turnout_error known_init(struct known *known, const char *folder, struct error *error)
{
    return read_election_and_keys(folder, print_fault, &folder, &known->folder, &known->keys, error);
}

static void known_done(struct known *known)
{
    signing_keys_release(known->keys);
    election_folder_done(&known->folder);
}

/* ---- revoke ---- */

/* The ids of the keys that are not revoked by then, into ret_ids. False when there is no such key. */
static bool choose_revoked(const struct command_line *line, const struct known *known, int64_t at,
                           const char **ret_ids, size_t *ret_count)
{
    const struct keys_options *options = line->options;
    size_t unknown = 0;
    *ret_count = 0;
    for (size_t i = 0; i < line->word_count; i++) {
        const struct signing_key *key = signing_keys_find(known->keys, line->words[i]);
        if (key == NULL) {
            (void)fprintf(stderr, "turnout keys revoke: %s/keys.csv has no key %s\n", options->make.election,
                          line->words[i]);
            unknown++;
            continue;
        }
        bool is_again = false;
        for (size_t before = 0; before < i; before++) {
            is_again = is_again || strcmp(line->words[before], key->id) == 0;
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

/* Prints the keys as they were before; `moment` is what was written. */
static void print_revoked(const struct command_line *line, const struct known *known, int64_t at,
                          const char *moment)
{
    for (size_t i = 0; i < line->word_count; i++) {
        const struct signing_key *key = signing_keys_find(known->keys, line->words[i]);
        char before[RFC3339_BYTES];
        rfc3339_format(key->revoked, known->folder.election.offset_s, before);
        bool stands = key->revoked != 0 && key->revoked <= at;
        (void)printf("%s of %s: %s %s\n", key->id, key->code,
                     stands ? "was revoked before, from" : "revoked from", stands ? before : moment);
    }
}

static int revoke_among(const struct command_line *line, struct keys_table *table, const struct known *known)
{
    const struct keys_options *options = line->options;
    char moment[RFC3339_BYTES];
    int64_t at = options->at.text != NULL ? options->at.seconds : clock_wall_ms() / 1000;
    rfc3339_format(at, known->folder.election.offset_s, moment);
    const char **ids = memory_new_array(line->word_count, sizeof *ids);
    size_t count = 0;
    struct error error = {0};
    int status = EXIT_DONE;
    if (!choose_revoked(line, known, at, ids, &count)) {
        status = EXIT_USAGE;
    } else if (count > 0) {
        keys_table_revoke(table, ids, count, moment);
        enum turnout_error failed = keys_table_save(table, &error);
        status = failed == TURNOUT_OK ? EXIT_DONE : fail(line->name, failed, &error);
    }
    free(ids);
    if (status == EXIT_DONE) {
        print_revoked(line, known, at, moment);
    }
    return status;
}

static int revoke(const struct command_line *line)
{
    const struct keys_options *options = line->options;
    struct keys_table table;
    struct known known = {.keys = NULL};
    struct error error = {0};
    enum turnout_error failed = keys_table_open(options->make.election, &table, &error);
    if (failed != TURNOUT_OK) {
        return fail(line->name, failed, &error);
    }
    failed = known_init(&known, options->make.election, &error);
    int status = EXIT_DONE;
    if (failed == TURNOUT_OK) {
        status = revoke_among(line, &table, &known);
        known_done(&known);
    } else {
        status = fail(line->name, failed, &error);
    }
    keys_table_close(&table);
    return finish_output(status);
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

/* Whether the key's owner is this unit, or in this area. */
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
    if (options->make.area != NULL) {
        area = register_find_area(reg, slice_of(options->make.area));
        unit = register_find_unit(reg, slice_of(options->make.area));
        if (area == REGISTER_NONE && unit == REGISTER_NONE) {
            (void)fprintf(stderr, "turnout keys list: --area: no unit or area has the code %s\n",
                          options->make.area);
            return EXIT_USAGE;
        }
    }
    int64_t now = clock_wall_ms() / 1000;
    for (size_t i = 0; i < signing_keys_count(known->keys); i++) {
        const struct signing_key *key = signing_keys_at(known->keys, i);
        if (is_within(reg, key, area, unit)) {
            (void)printf("%-20s  %-16s  %s\n", key->id, key->code, standing_at(key, now));
        }
    }
    return EXIT_DONE;
}

static int list(const struct command_line *line)
{
    const struct keys_options *options = line->options;
    struct known known = {.keys = NULL};
    struct error error = {0};
    enum turnout_error failed = known_init(&known, options->make.election, &error);
    if (failed != TURNOUT_OK) {
        return fail(line->name, failed, &error);
    }
    int status = list_known(options, &known);
    known_done(&known);
    return finish_output(status);
}

/* ---- the command line ---- */

#define AT(member) SETTING_AT(struct keys_options, member)

static const struct setting make_settings[] = {
    ELECTION_FOLDER(struct keys_options, make.election),
    {.name = "out",
     .kind = SETTING_PATH,
     AT(make.out),
     .is_required = true,
     .takes = "OUT",
     .help = "a folder of secrets: OUT/<key>.pem, and OUT/cards/<area>.html to print"},
    {.name = "units",
     .kind = SETTING_FLAG,
     AT(make.units),
     .help = "a key for every polling unit; the default"},
    {.name = "communes",
     .kind = SETTING_FLAG,
     AT(make.communes),
     .help = "a relay key for every commune, which signs for its units"},
    {.name = "provinces", .kind = SETTING_FLAG, AT(make.provinces), .help = "the same for every province"},
    {.name = "area",
     .kind = SETTING_TEXT,
     AT(make.area),
     .takes = "CODE",
     .help = "only for this unit, or this area and everything in it"},
    {.name = "from",
     .kind = SETTING_MOMENT,
     AT(make.from),
     .takes = "TIME",
     .help = "valid from this time on, 2026-03-15T07:00:00+07:00; default always"},
    {.name = "until",
     .kind = SETTING_MOMENT,
     AT(make.until),
     .takes = "TIME",
     .help = "valid until this time; default always"},
    COMMAND_HELP,
};

static const struct setting revoke_settings[] = {
    ELECTION_FOLDER(struct keys_options, make.election),
    {.name = "at",
     .kind = SETTING_MOMENT,
     AT(at),
     .takes = "TIME",
     .help = "the time from which they are no longer valid; default now"},
    COMMAND_HELP,
};

static const struct setting list_settings[] = {
    ELECTION_FOLDER(struct keys_options, make.election),
    {.name = "area",
     .kind = SETTING_TEXT,
     AT(make.area),
     .takes = "CODE",
     .help = "only those of this unit, or of this area and everything in it"},
    COMMAND_HELP,
};

#undef AT

static const char notes[] =
    "Exit status: 0 done, 1 a file could not be written, 2 wrong usage, or a fault in the election's files.";

const struct command command_keys_make = {
    .name = "keys make",
    .purpose = "Makes keys: the private ones into a folder of secrets, the public ones into DIR/keys.csv.",
    .usage = "--election DIR --out OUT [OPTIONS]",
    .settings = {make_settings, sizeof make_settings / sizeof make_settings[0]},
    .options_bytes = sizeof(struct keys_options),
    .notes = notes,
    .run = make,
};

const struct command command_keys_revoke = {
    .name = "keys revoke",
    .purpose = "Marks these keys as revoked in DIR/keys.csv.",
    .usage = "--election DIR KEY... [OPTIONS]",
    .settings = {revoke_settings, sizeof revoke_settings / sizeof revoke_settings[0]},
    .options_bytes = sizeof(struct keys_options),
    .word = "key",
    .words_most = KEYS_MAX,
    .notes = notes,
    .run = revoke,
};

const struct command command_keys_list = {
    .name = "keys list",
    .purpose = "Lists key, area and state: good, not yet, expired or revoked.",
    .usage = "--election DIR [OPTIONS]",
    .settings = {list_settings, sizeof list_settings / sizeof list_settings[0]},
    .options_bytes = sizeof(struct keys_options),
    .notes = notes,
    .run = list,
};
