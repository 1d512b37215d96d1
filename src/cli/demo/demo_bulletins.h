/* The bulletins of the demo's day, requested as an admin of the election, with a token of the demo. */
#ifndef TURNOUT_COMMAND_DEMO_BULLETINS_H
#define TURNOUT_COMMAND_DEMO_BULLETINS_H

#include <turnout/base/error.h>

#include "demo/demo_server.h"

struct demo_bulletins;

/* Makes the token in the server's data folder, before the server is started. `nation` is the code of its area. */
enum turnout_error demo_bulletins_new(const char *data, const char *election, const char *nation,
                                      struct demo_bulletins **ret_bulletins, struct error *error);
void demo_bulletins_free(struct demo_bulletins *bulletins); /* NULL-safe */

/* Call once the server is ready. */
enum turnout_error demo_bulletins_connect(struct demo_bulletins *bulletins, const struct demo_server *server,
                                          struct error *error);

/* Freezes one under this label; returns when readers can have it. */
enum turnout_error demo_bulletins_freeze(struct demo_bulletins *bulletins, const char *label,
                                         struct error *error);

#endif
