/* Audits one province: compares what Redis holds with its log. */
#ifndef TURNOUT_CLI_AUDIT_PROVINCE_H
#define TURNOUT_CLI_AUDIT_PROVINCE_H

#include <turnout/base/error.h>
#include <turnout/election/keys.h>
#include <turnout/store/address.h>
#include <turnout/store/election_folder.h>
#include <turnout/wire/register_past.h>

#include "client/verdict.h"

/* What is audited. Borrowed for the call. */
struct audit_of {
    struct store_address address;
    const struct election_folder *folder;
    const struct signing_keys *keys;
    const struct register_past *past;
    int64_t patience_ms;
};

/* `province` is the index of an area. Adds what is wrong to the verdict, for each commune the first fault. Returns an
 * error when Redis cannot be read. */
enum turnout_error audit_province(const struct audit_of *of, uint32_t province, struct verdict *verdict,
                                  struct error *error);

#endif
