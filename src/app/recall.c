/* What this server remembers of the election. Called when Redis is prepared, before the publisher reads it. */
#include "recall.h"

#include <string.h>

#include <turnout/base/log.h>
#include <turnout/wire/register_digest.h>

static void log_serving(const struct data_folder *data, const struct election_folder *folder,
                        const struct store_prepared *prepared)
{
    char fingerprint[RECEIPT_BYTES];
    register_fingerprint(folder->reg->digest, fingerprint);
    if (prepared->is_new) {
        log_info("new-election", log_text("election", folder->election.id),
                 log_text("what", "Redis held nothing of it: the rehearsal begins"));
    }
    if (prepared->has_other_times) {
        log_warning("times-changed", log_text("election", folder->election.id),
                    log_text("what", "the times in election.ini are others than the election was served by "
                                     "before; they count from now on"));
    }
    if (prepared->was_opening) {
        log_warning("opening-interrupted", log_text("election", folder->election.id),
                    log_text("what", prepared->phase == PHASE_REHEARSAL
                                         ? "it was taken back: open the election again"
                                         : "it was finished: the election is open in every province"));
    }
    log_info("serving", log_text("folder", data->absolute), log_text("election", folder->election.id),
             log_text("phase", election_phase_name(prepared->phase)),
             log_number("revision", prepared->revision), log_number("voted", prepared->voted),
             log_text("generation", prepared->generation), log_text("fingerprint", fingerprint));
}

struct losses *recall_start(struct data_folder *data, const struct election_folder *folder,
                            const struct store_prepared *prepared)
{
    log_serving(data, folder, prepared);
    if (prepared->is_given_up) {
        log_warning(
            "loss-accepted", log_text("generation", data->known.generation),
            log_text("what", "somebody has accepted that Redis lost reports that this server has seen"));
        data_folder_forget(data);
    }
    struct losses_options options = {.election = &folder->election,
                                     .reg = folder->reg,
                                     .data = data->path,
                                     .generation = prepared->generation};
    return losses_new(&options, data->has_known ? &data->known : NULL);
}

const unsigned char *recall_signing_pair(const struct data_folder *data,
                                         const struct store_prepared *prepared)
{
    if (strcmp(prepared->signing_key, data->signing_key) == 0) {
        return data->signing_pair;
    }
    log_warning(
        "other-signing-key", log_text("election", prepared->signing_key), log_text("own", data->signing_key),
        log_text("what", "this server signs no bulletins, another one does: to let this one do it, too, "
                         "stop it and put that server's file `signing-key` into its data folder"));
    return NULL;
}
