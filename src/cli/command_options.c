/* Values of options, and usage texts. Prints, since it serves commands only. */
#include "command_options.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/text.h>

bool option_number(const char *option, const char *value, uint64_t least, uint64_t most, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (!text_parse_unsigned(slice_of(value), most, &number) || number < least) {
        (void)fprintf(stderr, "%s %s: must be a whole number from %" PRIu64 " to %" PRIu64 "\n", option,
                      value, least, most);
        return false;
    }
    *ret_number = number;
    return true;
}

static bool parse_host_port(const char *value, struct host_port *ret_address)
{
    const char *colon = strrchr(value, ':');
    uint64_t port = 0;
    if (colon == NULL || !text_parse_unsigned(slice_of(colon + 1), UINT16_MAX, &port) || port == 0) {
        return false;
    }
    struct slice host = {value, (size_t)(colon - value)};
    if (host.length >= 2 && host.bytes[0] == '[' && host.bytes[host.length - 1] == ']') {
        host = (struct slice){host.bytes + 1, host.length - 2};
    } else if (memchr(host.bytes, ':', host.length) != NULL) {
        return false; /* an IPv6 address without brackets: which colon is the port's? */
    }
    if (host.length == 0 || !slice_copy(host, ret_address->host, sizeof ret_address->host)) {
        return false;
    }
    ret_address->port = (uint16_t)port;
    return true;
}

bool option_host_port(const char *option, const char *value, struct host_port *ret_address)
{
    if (!parse_host_port(value, ret_address)) {
        (void)fprintf(stderr,
                      "%s %s: must be HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:7070\n",
                      option, value);
        return false;
    }
    return true;
}

bool option_code(const char *option, const char *value, char ret_code[AREA_CODE_BYTES])
{
    if (!text_is_code(slice_of(value))) {
        (void)fprintf(stderr, "%s %s: must be 1 to %d of A-Z a-z 0-9 . _ -\n", option, value,
                      (int)AREA_CODE_BYTES_MAX);
        return false;
    }
    return slice_copy(slice_of(value), ret_code, AREA_CODE_BYTES);
}

int usage_print(const char *usage, const struct usage_row *rows)
{
    size_t widest = 0;
    for (const struct usage_row *row = rows; row->left != NULL; row++) {
        size_t width = strlen(row->left);
        widest = width > widest ? width : widest;
    }
    (void)printf("usage: %s\n\n", usage);
    for (const struct usage_row *row = rows; row->left != NULL; row++) {
        if (row->left[0] == '\0') {
            (void)printf("\n");
        } else {
            (void)printf("  %-*s  %s\n", (int)widest, row->left, row->text);
        }
    }
    return finish_output(EXIT_DONE);
}

int usage_error(const char *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fprintf(stderr, "%s: ", command);
    (void)vfprintf(stderr, format, arguments);
    (void)fprintf(stderr, "\n`%s --help` tells how it is used\n", command);
    va_end(arguments);
    return EXIT_USAGE;
}

int finish_output(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return EXIT_FAILED;
    }
    return status;
}
