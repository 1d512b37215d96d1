/* The data folder of a turnoutd: locked for one, with the secret, and with what was known of the store before. */
#ifndef TURNOUT_APP_DATA_FOLDER_H
#define TURNOUT_APP_DATA_FOLDER_H

#include <limits.h>
#include <stdbool.h>

#include <turnout/election/election.h>
#include <turnout/store/last_known.h>
#include <turnout/wire/signature.h>

#include "server_settings.h"

struct data_folder {
    const char *path; /* borrowed */
    char absolute[PATH_MAX];
    int lock_fd;                 /* -1: not locked */
    unsigned char *secret;       /* TOKEN_SECRET_BYTES that are neither swapped out nor dumped */
    unsigned char *signing_pair; /* SIGNING_PAIR_BYTES, kept the same way; signing_key is the public half */
    char signing_key[PUBLIC_KEY_TEXT_BYTES + 1];
    int64_t bulletin_number; /* of the newest that was seen */
    bool has_known;
    struct last_known known; /* of this election */
};

enum data_folder_state {
    DATA_FOLDER_OPEN,
    DATA_FOLDER_UNUSABLE, /* the system refuses something */
    /* Somebody else's, in use, of another election, or without what it held: for a person to mend. */
    DATA_FOLDER_REFUSED,
};

/* A zeroed folder with lock_fd -1 is passed over by data_folder_close(). What is wrong has been logged. */
enum data_folder_state data_folder_open(struct data_folder *folder, const struct server_settings *settings,
                                        const struct election *election);
void data_folder_close(struct data_folder *folder); /* the secret is wiped */

/* What is known counts no more. */
void data_folder_forget(struct data_folder *folder);

#endif
