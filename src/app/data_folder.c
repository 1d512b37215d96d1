/* Opening the data folder. Before anything in it is made, what was there is looked for: a folder that has served an
 * election and has lost a part of it must not begin anew as if nothing were. */
#include "data_folder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include <sodium.h>

#include <turnout/base/log.h>
#include <turnout/base/private_file.h>
#include <turnout/store/bulletin_number.h>
#include <turnout/store/secret.h>

static void say(const struct error *error, const char *event)
{
    log_error(event, log_text("field", error->field), log_text("what", error->text));
}

static bool lock(struct data_folder *folder)
{
    struct private_folder opened;
    struct error error;
    if (private_folder_open(folder->path, PRIVATE_FOLDER_MADE, "data", &opened, &error) != TURNOUT_OK) {
        say(&error, "bad-data-folder");
        return false;
    }
    if (flock(opened.fd, LOCK_EX | LOCK_NB) != 0) {
        private_folder_close(&opened);
        (void)error_fail(&error, TURNOUT_IN_USE, "data",
                         "%s is in use by another turnoutd; stop it or choose another folder", folder->path);
        say(&error, "data-folder-in-use");
        return false;
    }
    folder->lock_fd = opened.fd;
    if (realpath(folder->path, folder->absolute) == NULL) {
        (void)error_fail_system(&error, errno, "data", "%s", folder->path);
        say(&error, "bad-data-folder");
        return false;
    }
    return true;
}

/* Memory for a secret. NULL, and told, when there is none. */
static unsigned char *secret_memory(size_t bytes)
{
    unsigned char *memory = sodium_malloc(bytes);
    if (memory == NULL) {
        struct error error;
        (void)error_fail_system(&error, errno, "", "no memory for the secret");
        say(&error, "bad-secret");
    }
    return memory;
}

static bool take_secret(struct data_folder *folder)
{
    bool is_new;
    struct error error;
    folder->secret = secret_memory(TOKEN_SECRET_BYTES);
    if (folder->secret == NULL) {
        return false;
    }
    if (secret_ensure(folder->path, SECRET_OF_TOKENS, folder->secret, &is_new, &error) != TURNOUT_OK) {
        say(&error, "bad-secret");
        return false;
    }
    if (is_new) {
        log_info("secret-made", log_text("data", folder->path));
    }
    return true;
}

static bool take_signing_key(struct data_folder *folder)
{
    bool is_new;
    struct error error;
    unsigned char seed[SIGNING_SEED_BYTES];
    unsigned char public_key[PUBLIC_KEY_BYTES];
    folder->signing_pair = secret_memory(SIGNING_PAIR_BYTES);
    if (folder->signing_pair == NULL) {
        return false;
    }
    if (secret_ensure(folder->path, SECRET_OF_BULLETINS, seed, &is_new, &error) != TURNOUT_OK) {
        say(&error, "bad-signing-key");
        return false;
    }
    int failed = crypto_sign_seed_keypair(public_key, folder->signing_pair, seed);
    assert(failed == 0);
    sodium_memzero(seed, sizeof seed);
    public_key_format(public_key, folder->signing_key);
    if (is_new) {
        log_info("signing-key-made", log_text("data", folder->path), log_text("key", folder->signing_key));
    }
    return true;
}

static bool read_bulletin_number(struct data_folder *folder)
{
    struct error error;
    if (bulletin_number_read(folder->path, &folder->bulletin_number, &error) != TURNOUT_OK) {
        say(&error, "bad-bulletin-number");
        return false;
    }
    return true;
}

/* ---- what was known ---- */

static bool is_there(const struct data_folder *folder, const char *name)
{
    struct private_folder opened;
    struct error error;
    if (private_folder_open(folder->path, PRIVATE_FOLDER_FOUND, "data", &opened, &error) != TURNOUT_OK) {
        return true; /* unknown: the code that reads it reports the fault */
    }
    bool is_missing = faccessat(opened.fd, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
    private_folder_close(&opened);
    return !is_missing;
}

/* False, and told, when it was there. */
static bool check_part(const struct data_folder *folder, const char *name)
{
    if (is_there(folder, name)) {
        return true;
    }
    char words[LAST_KNOWN_WORDS_BYTES];
    char path[PATH_MAX + sizeof "/secret"];
    last_known_describe(&folder->known, words);
    (void)snprintf(path, sizeof path, "%s/%s", folder->absolute, name);
    log_error("data-lost", log_text("gone", path), log_text("election", folder->known.election),
              log_text("known", words),
              log_text("what",
                       "this folder has served the election: put back what is gone, a copy with `turnout "
                       "restore`, or give it up with `turnout accept-loss`"));
    return false;
}

static bool recall(struct data_folder *folder, const struct server_settings *settings,
                   const struct election *election)
{
    struct error error;
    enum turnout_error failed = last_known_read(folder->path, &folder->known, &error);
    if (failed == TURNOUT_NOT_FOUND) {
        return true;
    }
    if (failed != TURNOUT_OK) {
        say(&error, "bad-last-known");
        return false;
    }
    folder->has_known = true;
    if (!slice_equals(slice_of(election->id), folder->known.election)) {
        (void)error_fail(&error, TURNOUT_CONFLICT, "data",
                         "%s has served the election %s: give %s a folder of its own", folder->absolute,
                         folder->known.election, election->id);
        say(&error, "data-of-another-election");
        return false;
    }
    bool is_whole = check_part(folder, SECRET_FILE);
    return (!settings->redis_is_managed || check_part(folder, "redis")) && is_whole;
}

enum data_folder_state data_folder_open(struct data_folder *folder, const struct server_settings *settings,
                                        const struct election *election)
{
    folder->path = settings->data;
    if (!lock(folder)) {
        return DATA_FOLDER_REFUSED;
    }
    if (!settings_is_given(settings->values, "data")) {
        log_info("data-not-given", log_text("folder", folder->absolute),
                 log_text("what", "without --data it is looked for where turnoutd is started"));
    }
    if (!recall(folder, settings, election)) {
        return DATA_FOLDER_REFUSED;
    }
    return read_bulletin_number(folder) && take_secret(folder) && take_signing_key(folder)
               ? DATA_FOLDER_OPEN
               : DATA_FOLDER_UNUSABLE;
}

void data_folder_forget(struct data_folder *folder)
{
    last_known_done(&folder->known);
    folder->has_known = false;
}

void data_folder_close(struct data_folder *folder)
{
    data_folder_forget(folder);
    if (folder->lock_fd >= 0) {
        close(folder->lock_fd);
        folder->lock_fd = -1;
    }
    sodium_free(folder->secret); /* which wipes it */
    sodium_free(folder->signing_pair);
    folder->secret = NULL;
    folder->signing_pair = NULL;
}
