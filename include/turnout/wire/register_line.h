/* The line of the election's ledger about a row of a register that is taken up; log_line_read() reads it. */
#ifndef TURNOUT_WIRE_REGISTER_LINE_H
#define TURNOUT_WIRE_REGISTER_LINE_H

#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/election/register_change.h>

/* Appends it, without a newline. `why` may be empty. */
void register_line_write(struct buffer *out, const struct register_change *change,
                         const struct register_row *row, const char *who, const char *why, int64_t now_ms);

#endif
