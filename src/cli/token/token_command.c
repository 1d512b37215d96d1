/* `turnout token make`: a token for a relay or a committee, out of the secret that turnoutd made. */
#include "commands.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/base/rfc3339.h>
#include <turnout/store/election_folder.h>
#include <turnout/store/secret.h>
#include <turnout/wire/token.h>

enum { DAYS_MAX = 366, DAY_S = 86400 };

struct token_options {
    enum token_role role;
    const char *area;
    int64_t days;
    const char *election; /* a folder, or an id */
    const char *data;
};

/* ---- the election ---- */

static void print_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    (void)fprintf(stderr, "%s:%" PRIu32 ": %s\n", file, line, error->text);
}

/* The id of the election in a folder, which must have the area. */
static bool read_folder(const char *path, const char *area, char ret_id[AREA_CODE_BYTES])
{
    struct election_folder folder;
    struct error error;
    if (election_folder_read(path, print_fault, NULL, &folder, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "--election: %s\n", error.text);
        return false;
    }
    bool has_area = register_find_area(folder.reg, slice_of(area)) != REGISTER_NONE;
    if (!has_area) {
        (void)fprintf(stderr, "--area %s: no nation, province or commune of %s\n", area, folder.election.id);
    }
    bool is_sound = has_area && slice_copy(slice_of(folder.election.id), ret_id, AREA_CODE_BYTES);
    election_folder_done(&folder);
    return is_sound;
}

static bool find_election(const struct token_options *options, char ret_id[AREA_CODE_BYTES])
{
    struct stat status;
    if (strchr(options->election, '/') != NULL ||
        (stat(options->election, &status) == 0 && S_ISDIR(status.st_mode))) {
        return read_folder(options->election, options->area, ret_id);
    }
    if (text_is_code(slice_of(options->election))) {
        return slice_copy(slice_of(options->election), ret_id, AREA_CODE_BYTES);
    }
    (void)fprintf(stderr, "--election %s: is neither a folder nor the id of an election\n",
                  options->election);
    return false;
}

/* ---- making ---- */

static int print_token(const struct token *token, const char *election,
                       const unsigned char secret[TOKEN_SECRET_BYTES])
{
    char text[TOKEN_BYTES_MAX + 1];
    char expires[RFC3339_BYTES];
    struct token made;
    token_make(token, election, secret, text);
    bool is_good = token_verify(slice_of(text), election, secret, &made);
    assert(is_good);
    rfc3339_format(token->expires, 0, expires);
    (void)printf("%s\n", text);
    (void)fprintf(stderr, "%s of %s in %s until %s; logs will call it %s\n", token_role_name(token->role),
                  token->area, election, expires, made.id);
    return finish_output(EXIT_DONE);
}

static int make(const struct command_line *line)
{
    const struct token_options *options = line->options;
    struct token token = {.role = options->role, .expires = clock_wall_ms() / 1000 + options->days * DAY_S};
    char election[AREA_CODE_BYTES];
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct error error;
    bool fits = slice_copy(slice_of(options->area), token.area, sizeof token.area);
    assert(fits);
    token_id_draw(token.id);
    if (!find_election(options, election)) {
        return EXIT_USAGE;
    }
    enum turnout_error failed = secret_read(options->data, secret, &error);
    if (failed != TURNOUT_OK) {
        (void)fprintf(stderr, "--data %s: %s%s\n", options->data, error.text,
                      failed == TURNOUT_NOT_FOUND ? "; turnoutd makes it when it first starts there" : "");
        return EXIT_FAILED;
    }
    int status = print_token(&token, election, secret);
    sodium_memzero(secret, sizeof secret);
    return status;
}

/* ---- the command line ---- */

static enum turnout_error read_role(const char *text, void *target, struct error *error)
{
    struct token_options *options = target;
    return token_role_parse(slice_of(text), &options->role)
               ? TURNOUT_OK
               : error_fail(error, TURNOUT_BAD_INPUT, "role", "must be relay, view, decide or admin");
}

#define AT(member) SETTING_AT(struct token_options, member)

static const struct setting settings[] = {
    {.name = "role",
     .kind = SETTING_OWN,
     .read = read_role,
     .is_required = true,
     .takes = "ROLE",
     .help = "relay (sends reports), view, decide (also views) or admin (also decides)"},
    {.name = "area",
     .kind = SETTING_CODE,
     AT(area),
     .is_required = true,
     .takes = "CODE",
     .help = "the nation, province or commune that it is good for"},
    {.name = "days",
     .kind = SETTING_NUMBER,
     AT(days),
     .is_required = true,
     .takes = "N",
     .least = 1,
     .most = DAYS_MAX,
     .help = "how long it is good"},
    {.name = "election",
     .kind = SETTING_PATH,
     AT(election),
     .is_required = true,
     .takes = "DIR",
     .help = "the election's folder; or its id, and then nobody checks the area"},
    {.name = "data",
     .kind = SETTING_PATH,
     AT(data),
     .standard = "turnout-data",
     .takes = "DIR",
     .help = "turnoutd's data folder, which has the secret"},
    COMMAND_HELP,
};

#undef AT

const struct command command_token_make = {
    .name = "token make",
    .purpose = "Makes a token for a relay or a committee.",
    .usage = "--role ROLE --area CODE --days N --election DIR [OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct token_options),
    .notes = "Standard output: the token alone; like a password, it is good for whoever has it.\n"
             "Exit status: 0 made, 1 the secret cannot be read, 2 used wrongly.",
    .run = make,
};
