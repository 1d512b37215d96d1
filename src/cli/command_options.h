/* What all commands share of reading their command line: strict values, one shape of usage text.
 *
 * A value that is wrong is told on standard error with the option, the value and the range; the command then
 * ends with EXIT_USAGE. */
#ifndef TURNOUT_COMMAND_OPTIONS_H
#define TURNOUT_COMMAND_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/limits.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_REJECTED = 3 };

enum { HOST_BYTES = 256 };

struct host_port {
    char host[HOST_BYTES]; /* without the brackets of an IPv6 address */
    uint16_t port;
};

/* All return whether the value is right; if not, they have said so. `option` is spelled with its dashes. */
bool option_number(const char *option, const char *value, uint64_t least, uint64_t most,
                   uint64_t *ret_number);

/* `HOST:PORT`, `[ADDRESS]:PORT`; the port is 1 to 65535. */
bool option_host_port(const char *option, const char *value, struct host_port *ret_address);

/* A code of an area, or the id of an election. */
bool option_code(const char *option, const char *value, char ret_code[AREA_CODE_BYTES]);

/* One row of a usage text; an empty one is an empty line. A table of them ends with a row whose `left` is NULL. */
struct usage_row {
    const char *left; /* "--seq N" */
    const char *text;
};

/* Prints `usage` and the table to standard output and returns the exit status for that. */
int usage_print(const char *usage, const struct usage_row *rows);

/* Says on standard error what is wrong with the command line, and where help is. Returns EXIT_USAGE. `command`
 * is argv[0], "turnout report". */
int usage_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Flushes standard output; EXIT_FAILED when what was printed could not all be written, else `status`. */
int finish_output(int status);

#endif
