/* One turnoutd in a workspace of its own, as a fixture: FIXTURE(start_server, stop_server). A test that needs settings
 * or another election starts it itself. Only a header, so that each test program has its own. */
#ifndef TURNOUT_TESTS_ONE_SERVER_H
#define TURNOUT_TESTS_ONE_SERVER_H

#include "turnoutd.h"
#include "workspace.h"

static struct workspace workspace;
static struct turnoutd turnoutd;

static inline void start_server(void)
{
    workspace_init(&workspace);
    turnoutd_start(&turnoutd, &workspace, NULL);
}

static inline void stop_server(void)
{
    turnoutd_stop(&turnoutd);
    workspace_done(&workspace);
}

#endif
