/* What a turnoutd serves, and what it remembers of it. */
#ifndef TURNOUT_APP_RECALL_H
#define TURNOUT_APP_RECALL_H

#include <turnout/service/losses.h>
#include <turnout/store/election_folder.h>
#include <turnout/store/prepare.h>

#include "data_folder.h"

/* Logs in one line what is served, and goes on from what the data folder knows, unless a person has decided that it
 * counts no more. Borrows the folders; the caller frees what it returns. */
struct losses *recall_start(struct data_folder *data, const struct election_folder *folder,
                            const struct store_prepared *prepared);

/* What this server signs bulletins with; NULL, and told, when the election's key is another server's. Borrowed from
 * `data`. */
const unsigned char *recall_signing_pair(const struct data_folder *data,
                                         const struct store_prepared *prepared);

#endif
