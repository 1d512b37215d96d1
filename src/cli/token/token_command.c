/* `turnout token`: makes tokens of relays and committees from the server's secret, lists and revokes them. */
#include "commands.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/base/rfc3339.h>
#include <turnout/store/secret.h>
#include <turnout/store/tokens_change.h>

#include "client/read_election.h"

enum { DAYS_MAX = 366, DAY_S = 86400 };

/* The options of all actions; each action's table fills some of them. */
struct token_options {
    const char *label;
    enum token_role role;
    const char *area;
    int64_t days;
    const char *election; /* a folder, or an id */
    const char *data;
};

/* ---- the election ---- */

/* Reads the election's id from a folder, which must have the area. */
static bool read_folder(const char *path, const char *area, char ret_id[AREA_CODE_BYTES])
{
    struct election_folder folder;
    if (read_election(path, &folder, NULL) != EXIT_DONE) {
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

static int fail_on_data(const struct token_options *options, const struct error *error, const char *hint)
{
    (void)fprintf(stderr, "--data %s: %s%s\n", options->data, error->text, hint);
    return EXIT_FAILED;
}

/* Adds the token to tokens.csv, with a new id, before anybody has it. Returns an exit status. */
static int add_token(const struct token_options *options, struct known_token *token)
{
    struct tokens_change change;
    struct error error;
    if (tokens_change_begin(options->data, print_fault, NULL, &change, &error) != TURNOUT_OK) {
        return fail_on_data(options, &error, "");
    }
    int status = EXIT_DONE;
    enum turnout_error failed = tokens_change_add(&change, token, &error);
    if (failed == TURNOUT_CONFLICT) {
        (void)fprintf(stderr, "--label %s: %s\n", options->label, error.text);
        status = EXIT_USAGE;
    } else if (failed != TURNOUT_OK || tokens_change_save(&change, &error) != TURNOUT_OK) {
        status = fail_on_data(options, &error, "");
    }
    tokens_change_end(&change);
    return status;
}

static int print_token(const struct known_token *known, const char *election,
                       const unsigned char secret[TOKEN_SECRET_BYTES])
{
    struct token token = {.role = known->role, .expires = known->expires};
    memcpy(token.area, known->area, sizeof token.area);
    memcpy(token.id, known->id, sizeof token.id);
    char text[TOKEN_BYTES_MAX + 1];
    char expires[RFC3339_BYTES];
    token_make(&token, election, secret, text);
    rfc3339_format(known->expires, 0, expires);
    (void)printf("%s\n", text);
    (void)fprintf(stderr,
                  "%s of %s in %s until %s; logs name it %s (%s). turnoutd accepts it within two seconds\n",
                  token_role_name(known->role), known->area, election, expires, known->label, known->id);
    return finish_output(EXIT_DONE);
}

static int make(const struct command_line *line)
{
    const struct token_options *options = line->options;
    int64_t now = clock_wall_ms() / 1000;
    struct known_token token = {.role = options->role, .made = now, .expires = now + options->days * DAY_S};
    char election[AREA_CODE_BYTES];
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct error error;
    bool fits = slice_copy(slice_of(options->area), token.area, sizeof token.area) &&
                slice_copy(slice_of(options->label), token.label, sizeof token.label);
    assert(fits);
    if (!find_election(options, election)) {
        return EXIT_USAGE;
    }
    enum turnout_error failed = secret_read(options->data, SECRET_OF_TOKENS, secret, &error);
    if (failed != TURNOUT_OK) {
        return fail_on_data(options, &error,
                            failed == TURNOUT_NOT_FOUND ? "; turnoutd makes it at its first start" : "");
    }
    int status = add_token(options, &token);
    if (status == EXIT_DONE) {
        status = print_token(&token, election, secret);
    }
    sodium_memzero(secret, sizeof secret);
    return status;
}

/* ---- revoking ---- */

static int revoke_among(const struct token_options *options, struct tokens_change *change, const char *wanted)
{
    struct known_token *token = tokens_change_find(change, wanted);
    struct error error;
    if (token == NULL) {
        char shown[TEXT_SHOWN_BYTES];
        (void)fprintf(stderr,
                      "turnout token revoke: %s/" TOKENS_FILE
                      " has no token %s; `turnout token list` lists them\n",
                      options->data, text_show(slice_of(wanted), shown));
        return EXIT_USAGE;
    }
    bool stands = token->revoked != 0;
    if (!stands) {
        token->revoked = clock_wall_ms() / 1000;
        if (tokens_change_save(change, &error) != TURNOUT_OK) {
            return fail_on_data(options, &error, "");
        }
    }
    char moment[RFC3339_BYTES];
    rfc3339_format(token->revoked, 0, moment);
    (void)printf("%s, %s: %s %s\n", token->id, token->label, stands ? "was revoked before, at" : "revoked at",
                 moment);
    return EXIT_DONE;
}

static int revoke(const struct command_line *line)
{
    const struct token_options *options = line->options;
    struct tokens_change change;
    struct error error;
    if (tokens_change_begin(options->data, print_fault, NULL, &change, &error) != TURNOUT_OK) {
        return fail_on_data(options, &error, "");
    }
    int status = revoke_among(options, &change, line->words[0]);
    tokens_change_end(&change);
    return finish_output(status);
}

/* ---- listing ---- */

static int list(const struct command_line *line)
{
    const struct token_options *options = line->options;
    struct tokens *tokens;
    struct error error;
    if (tokens_read(options->data, print_fault, NULL, &tokens, &error) != TURNOUT_OK) {
        return fail_on_data(options, &error, "");
    }
    int64_t now = clock_wall_ms() / 1000;
    for (size_t i = 0; i < tokens_count(tokens); i++) {
        const struct known_token *token = tokens_at(tokens, i);
        char expires[RFC3339_BYTES];
        rfc3339_format(token->expires, 0, expires);
        (void)printf("%s  %-6s  %-8s  %s  %-7s  %s\n", token->id, token_role_name(token->role), token->area,
                     expires,
                     token->revoked != 0     ? "revoked"
                     : now >= token->expires ? "expired"
                                             : "good",
                     token->label);
    }
    tokens_release(tokens);
    return finish_output(EXIT_DONE);
}

/* ---- the command line ---- */

static enum turnout_error read_label(const char *text, void *target, struct error *error)
{
    struct token_options *options = target;
    if (!token_label_is_good(slice_of(text))) {
        return error_fail(
            error, TURNOUT_BAD_INPUT, "label",
            "must be one line of 1 to %d bytes, without control characters, marks that turn the "
            "direction of writing, and blanks at its ends",
            TOKEN_LABEL_BYTES_MAX);
    }
    options->label = text;
    return TURNOUT_OK;
}

#define AT(member) SETTING_AT(struct token_options, member)

static const char *const roles[] = {
    [ROLE_RELAY] = "relay", [ROLE_VIEW] = "view", [ROLE_DECIDE] = "decide", [ROLE_ADMIN] = "admin", NULL};

#define DATA                                                                                                 \
    DATA_FOLDER(struct token_options, data, "turnoutd's data folder, which has the secret and tokens.csv")

static const struct setting make_settings[] = {
    {.name = "label",
     .kind = SETTING_OWN,
     .read = read_label,
     .is_required = true,
     .takes = "LABEL",
     .help = "the name of its holder, for log and ledger"},
    {.name = "role",
     .kind = SETTING_CHOICE,
     AT(role),
     .words = roles,
     .is_required = true,
     .takes = "ROLE",
     .help = "relay (sends reports), view, decide (also views) or admin (also decides)"},
    {.name = "area",
     .kind = SETTING_CODE,
     AT(area),
     .is_required = true,
     .takes = "CODE",
     .help = "the nation, province or commune that it is valid for"},
    {.name = "days",
     .kind = SETTING_NUMBER,
     AT(days),
     .is_required = true,
     .takes = "N",
     .least = 1,
     .most = DAYS_MAX,
     .help = "days until it expires"},
    {.name = "election",
     .kind = SETTING_PATH,
     AT(election),
     .is_required = true,
     .takes = "DIR",
     .help = "the election's folder; or its id, then the area is not checked"},
    DATA,
    COMMAND_HELP,
};

static const struct setting revoke_settings[] = {DATA, COMMAND_HELP};
static const struct setting list_settings[] = {DATA, COMMAND_HELP};

#undef AT

const struct command command_token_make = {
    .name = "token make",
    .purpose = "Makes a token for a relay or a committee, and adds it to DIR/tokens.csv.",
    .usage = "--label LABEL --role ROLE --area CODE --days N --election DIR [OPTIONS]",
    .settings = {make_settings, sizeof make_settings / sizeof make_settings[0]},
    .options_bytes = sizeof(struct token_options),
    .notes = "Standard output: only the token; keep it like a password: whoever has it can use it.\n"
             "Exit status: 0 made, 1 the secret or tokens.csv cannot be read or written, 2 wrong usage.",
    .run = make,
};

const struct command command_token_revoke = {
    .name = "token revoke",
    .purpose = "Marks this token as revoked in DIR/tokens.csv; turnoutd refuses it within two seconds.",
    .usage = "ID|LABEL [OPTIONS]",
    .settings = {revoke_settings, sizeof revoke_settings / sizeof revoke_settings[0]},
    .options_bytes = sizeof(struct token_options),
    .word = "token",
    .words_most = 1,
    .notes = "Exit status: 0 it is revoked, 1 tokens.csv cannot be read or written, 2 wrong usage, or no "
             "such token.",
    .run = revoke,
};

const struct command command_token_list = {
    .name = "token list",
    .purpose = "Lists id, role, area, expiry, state (good, expired or revoked) and label.",
    .usage = "[OPTIONS]",
    .settings = {list_settings, sizeof list_settings / sizeof list_settings[0]},
    .options_bytes = sizeof(struct token_options),
    .notes = "Exit status: 0 done, 1 tokens.csv cannot be read, 2 wrong usage.",
    .run = list,
};
