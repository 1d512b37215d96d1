/* How many connections the system lets the process have. */
#ifndef TURNOUT_APP_DESCRIPTORS_H
#define TURNOUT_APP_DESCRIPTORS_H

#include <stdint.h>

/* Connections are capped below what the process may open: the limit is raised as far as it goes. The share of each of
 * `workers` workers, at least 1. */
uint32_t descriptors_for_connections(uint32_t workers);

#endif
