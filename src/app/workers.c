/* Starting, reaching and stopping all workers. */
#include "workers.h"

#include "descriptors.h"

static enum turnout_error start_one(struct workers *workers, const struct worker_options *options,
                                    struct error *error)
{
    enum turnout_error failed = worker_start(options, &workers->all[workers->count], error);
    workers->count += failed == TURNOUT_OK;
    return failed;
}

enum turnout_error workers_start(struct workers *workers, const struct workers_options *options,
                                 struct error *error)
{
    uint32_t connections_max = descriptors_for_connections(options->each);
    uint32_t units_max = connections_max / 4 + 1;
    uint32_t address_max = (options->connections_per_address + options->each - 1) / options->each;
    struct worker_intake_options intake = *options->intake;
    struct worker_options worker = {.intake = &intake,
                                    .connections_max = units_max,
                                    .address_max = address_max,
                                    .peers = options->peers,
                                    .hosts = options->hosts,
                                    .public_fd = -1};
    enum turnout_error failed = TURNOUT_OK;
    for (uint32_t i = 0; i < options->each && failed == TURNOUT_OK; i++) {
        intake.port = tally_thread_port(intake.tally, i);
        worker.intake_http_fd = listening_give(&options->listenings->intake_http, i);
        worker.intake_stream_fd = listening_give(&options->listenings->intake_stream, i);
        failed = start_one(workers, &worker, error);
    }
    workers->reporting = workers->count;
    worker = (struct worker_options){.connections_max = connections_max - units_max + 1,
                                     .address_max = address_max,
                                     .peers = options->peers,
                                     .hosts = options->hosts,
                                     .intake_http_fd = -1,
                                     .intake_stream_fd = -1};
    for (uint32_t i = 0; i < options->each && failed == TURNOUT_OK; i++) {
        worker.public_fd = listening_give(&options->listenings->public_http, i);
        failed = start_one(workers, &worker, error);
    }
    return failed;
}

/* Every worker has the publication before any is woken, so that none can show what an office's worker cannot yet write
 * down as shown. The workers for readers are the last in the list and are woken first. So a reader that hears of a
 * bulletin from one worker can read it from another. */
void workers_put_publication(const struct workers *workers, struct publication *publication)
{
    for (uint32_t i = 0; i < workers->count; i++) {
        mailbox_put_publication(worker_mailbox(workers->all[i]), publication);
    }
    for (uint32_t i = workers->count; i > 0; i--) {
        mailbox_wake(worker_mailbox(workers->all[i - 1]));
    }
}

void workers_put_keys(void *context, void *keys)
{
    const struct workers *workers = context;
    for (uint32_t i = 0; i < workers->reporting; i++) {
        mailbox_put_keys(worker_mailbox(workers->all[i]), keys);
    }
}

void workers_put_tokens(void *context, void *tokens)
{
    const struct workers *workers = context;
    for (uint32_t i = 0; i < workers->reporting; i++) {
        mailbox_put_tokens(worker_mailbox(workers->all[i]), tokens);
    }
}

void workers_drain(struct workers *workers)
{
    for (uint32_t i = 0; i < workers->count; i++) {
        mailbox_ask_to_drain(worker_mailbox(workers->all[i]));
    }
    for (uint32_t i = 0; i < workers->count; i++) {
        worker_join(workers->all[i]);
    }
}

void workers_free(struct workers *workers)
{
    for (uint32_t i = 0; i < workers->count; i++) {
        worker_free(workers->all[i]);
    }
    workers->count = 0;
}
