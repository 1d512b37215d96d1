/* All communes of an export, by as many threads as there are cores. */
#ifndef TURNOUT_CLI_VERIFY_WORKERS_H
#define TURNOUT_CLI_VERIFY_WORKERS_H

#include "verify/verify_commune.h"

/* `ret_results` is one an area; those of communes are filled. On a terminal, standard error says how far it is. */
void verify_all_communes(const struct verify_export *export, struct verify_result *ret_results);

#endif
