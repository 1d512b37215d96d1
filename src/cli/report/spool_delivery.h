/* Sending what is spooled. */
#ifndef TURNOUT_CLI_SPOOL_DELIVERY_H
#define TURNOUT_CLI_SPOOL_DELIVERY_H

#include <stdint.h>

#include "client/http_client.h"
#include "report/report_signer.h"
#include "report/spool.h"
#include "report/spool_kept.h"

/* Sends what is spooled, oldest first, until all is answered or `wait_s` is over, and prints what became of each. The
 * spool is written anew once, at the end: whatever was answered and is still in it after a crash is answered `duplicate`
 * next time. What is acknowledged is kept; what was acknowledged under another generation than the one that answers now is
 * sent again. A report that is refused for its number is sent once more with the one that the server names, if the signer
 * has its key. Returns the exit status: EXIT_REJECTED when a report does not count, EXIT_FAILED when one is left. */
int spool_deliver(struct spool *spool, struct spool_kept *kept, struct http_client *client,
                  const struct report_signer *signer, int64_t wait_s);

#endif
