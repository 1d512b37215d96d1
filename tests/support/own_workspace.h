/* A test program each of whose tests has a workspace of its own: FIXTURE(make_workspace, remove_workspace). */
#ifndef TURNOUT_TESTS_OWN_WORKSPACE_H
#define TURNOUT_TESTS_OWN_WORKSPACE_H

#include "workspace.h"

static struct workspace workspace;

static inline void make_workspace(void)
{
    workspace_init(&workspace);
}

static inline void remove_workspace(void)
{
    workspace_done(&workspace);
}

#endif
