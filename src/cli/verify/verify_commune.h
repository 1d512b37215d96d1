/* Verifies one commune of an export: its log from the first line to the last, and its file of every bulletin. */
#ifndef TURNOUT_CLI_VERIFY_COMMUNE_H
#define TURNOUT_CLI_VERIFY_COMMUNE_H

#include <turnout/wire/log_replay.h>

#include "verify/verify_export.h"

struct verify_result {
    struct log_replay_counts counts;
    int64_t lines_behind;    /* after the newest bulletin */
    char fault[FAULT_BYTES]; /* the first; empty: none. Nothing after it was checked */
};

/* `commune` is the index of an area. Thread-safe. */
void verify_commune(const struct verify_export *export, uint32_t commune, struct verify_result *ret_result);

#endif
