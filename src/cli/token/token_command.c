/* `turnout token make`: a token for a relay or a committee, out of the secret that turnoutd made. */
#include "commands.h"

#include <assert.h>
#include <getopt.h>
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

#include "command_options.h"

enum { DAYS_MAX = 366, DAY_S = 86400 };

static const struct usage_row usage[] = {
    {"--role ROLE", "relay (sends reports), view, decide (also views) or admin (also decides)"},
    {"--area CODE", "the nation, province or commune that it is good for"},
    {"--days N", "how long it is good, 1 to 366"},
    {"--election DIR", "the election's folder; or its id, and then nobody checks the area"},
    {"--data DIR", "turnoutd's data folder, which has the secret; default turnout-data"},
    {"", ""},
    {"standard output", "the token alone; like a password, it is good for whoever has it"},
    {"exit status", "0 made, 1 the secret cannot be read, 2 used wrongly"},
    {NULL, NULL},
};

struct token_options {
    const char *role;
    const char *area;
    const char *days;
    const char *election;
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
    assert(options->election != NULL); /* --election is required */
    struct stat status;
    if (strchr(options->election, '/') != NULL ||
        (stat(options->election, &status) == 0 && S_ISDIR(status.st_mode))) {
        return read_folder(options->election, options->area, ret_id);
    }
    return option_code("--election", options->election, ret_id);
}

/* ---- making ---- */

static bool read_token(const struct token_options *options, struct token *ret_token)
{
    uint64_t days = 0;
    if (!token_role_parse(slice_of(options->role), &ret_token->role)) {
        (void)fprintf(stderr, "--role %s: must be relay, view, decide or admin\n", options->role);
        return false;
    }
    if (!option_code("--area", options->area, ret_token->area) ||
        !option_number("--days", options->days, 1, DAYS_MAX, &days)) {
        return false;
    }
    ret_token->expires = clock_wall_ms() / 1000 + (int64_t)days * DAY_S;
    return true;
}

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

static int make(const struct token_options *options)
{
    struct token token = {0};
    char election[AREA_CODE_BYTES];
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct error error;
    if (!read_token(options, &token) || !find_election(options, election)) {
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

enum { OPTION_ROLE, OPTION_AREA, OPTION_DAYS, OPTION_ELECTION, OPTION_DATA, OPTION_HELP };

static const struct option long_options[] = {
    {"role", required_argument, NULL, OPTION_ROLE},
    {"area", required_argument, NULL, OPTION_AREA},
    {"days", required_argument, NULL, OPTION_DAYS},
    {"election", required_argument, NULL, OPTION_ELECTION},
    {"data", required_argument, NULL, OPTION_DATA},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static int read_options(int argc, char **argv, struct token_options *options, bool *ret_wants_help)
{
    const char **places[] = {[OPTION_ROLE] = &options->role,
                             [OPTION_AREA] = &options->area,
                             [OPTION_DAYS] = &options->days,
                             [OPTION_ELECTION] = &options->election,
                             [OPTION_DATA] = &options->data};
    int option;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (option == OPTION_HELP) {
            *ret_wants_help = true;
            return EXIT_DONE;
        }
        if (option == '?') {
            return EXIT_USAGE;
        }
        *places[option] = optarg;
    }
    if (optind != argc - 1 || strcmp(argv[optind], "make") != 0) {
        return usage_error(argv[0], "expected `make` and its options");
    }
    for (int required = OPTION_ROLE; required < OPTION_DATA; required++) {
        if (*places[required] == NULL) {
            return usage_error(argv[0], "--%s is missing", long_options[required].name);
        }
    }
    return EXIT_DONE;
}

int command_token(int argc, char **argv)
{
    struct token_options options = {.data = "turnout-data"};
    bool wants_help = false;
    int status = read_options(argc, argv, &options, &wants_help);
    if (status != EXIT_DONE) {
        return status;
    }
    if (wants_help) {
        return usage_print("turnout token make --role ROLE --area CODE --days N --election DIR [OPTIONS]",
                           usage);
    }
    return sodium_init() < 0 ? EXIT_FAILED : make(&options);
}
