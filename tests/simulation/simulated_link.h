/* What the simulated link has beside src/store/redis_link.h. */
#ifndef TURNOUT_SIMULATION_SIMULATED_LINK_H
#define TURNOUT_SIMULATION_SIMULATED_LINK_H

/* Frees all links of the run; each must have been freed by its owner, and have answered everything. */
void simulated_links_end(void);

#endif
