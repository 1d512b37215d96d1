/* The inside of a batch: what is sent to turnout_apply, and how its answers are read (proto/lua). */
#ifndef TURNOUT_STORE_STORE_BATCH_H
#define TURNOUT_STORE_STORE_BATCH_H

#include <turnout/base/buffer.h>
#include <turnout/store/store.h>

/* What an answer must name before it is believed. */
struct batch_report {
    const char *unit; /* owned by the register */
    int32_t seq;
    unsigned char digest[REPORT_DIGEST_BYTES];
};

struct store_batch {
    uint32_t province;
    enum store_phase phase;
    struct buffer bytes; /* MessagePack */
    struct batch_report *reports;
    size_t count;
    size_t capacity;
};

/* The whole batch in MessagePack, borrowed until the next report is added. */
struct slice store_batch_bytes(struct store_batch *batch);

/* Reads the answer to report `index`. One that does not name that report, or says what the library never says,
 * gives `unavailable`. */
void store_batch_read_result(const struct store_batch *batch, size_t index, struct slice answer,
                             struct store_result *ret_result);

#endif
