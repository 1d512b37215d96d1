/* Sends the spool. */
#ifndef TURNOUT_CLI_SPOOL_DELIVERY_H
#define TURNOUT_CLI_SPOOL_DELIVERY_H

#include <stdint.h>

#include "client/http_client.h"
#include "report/report_signer.h"
#include "report/spool.h"
#include "report/spool_kept.h"

/* Sends the spooled reports, oldest first, until all are answered or `wait_s` is over, and prints each result. The
 * spool is rewritten once, at the end: a report that was answered and is still in it after a crash is answered
 * `duplicate` next time. Acknowledged reports are kept; those acknowledged under a generation other than the server's
 * current one are sent again. A report refused for its seq is sent once more with the seq that the server names, if
 * the signer has its key. Returns the exit status: EXIT_REJECTED when a report does not count, EXIT_FAILED when one
 * is left. */
int spool_deliver(struct spool *spool, struct spool_kept *kept, struct http_client *client,
                  const struct report_signer *signer, int64_t wait_s);

#endif
