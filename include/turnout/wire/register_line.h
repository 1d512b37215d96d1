/* Ledger lines of the election about a register change, one for each row; log_line_read() parses them. */
#ifndef TURNOUT_WIRE_REGISTER_LINE_H
#define TURNOUT_WIRE_REGISTER_LINE_H

#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/election/register_change.h>

/* Appends the line, without a newline. `why` may be empty. */
void register_line_write(struct buffer *out, const struct register_change *change,
                         const struct register_row *row, const char *who, const char *why, int64_t now_ms);

#endif
