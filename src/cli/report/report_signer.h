/* The key of `turnout report`. It signs reports, also those that get another seq after they were spooled, and the
 * request for a unit's next seq. */
#ifndef TURNOUT_CLI_REPORT_SIGNER_H
#define TURNOUT_CLI_REPORT_SIGNER_H

#include <stdbool.h>

#include <turnout/election/report.h>
#include <turnout/wire/signature.h>

#include "client/http_client.h"

struct report_signer {
    const char *key_id; /* "": no key, reports are not signed; borrowed */
    unsigned char seed[SIGNING_SEED_BYTES];
};

/* Reads the private key, unless `key_id` is empty. The caller ends with report_signer_done(). */
enum turnout_error report_signer_init(const char *key_path, const char *key_id,
                                      struct report_signer *ret_signer, struct error *error);
void report_signer_done(struct report_signer *signer);

/* Signs a report that is otherwise complete. False, and nothing changed, when it names another key. */
bool report_signer_sign(const struct report_signer *signer, struct report *report);

/* Asks the server for the unit's next seq. 0 when the server does not tell: only the unit's own key may ask. */
int32_t report_signer_ask_seq(const struct report_signer *signer, struct http_client *client,
                              const char *election, const char *unit);

#endif
