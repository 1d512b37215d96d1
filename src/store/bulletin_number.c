/* The file `bulletin-number`: one line, the number of the newest bulletin. */
#include <turnout/store/bulletin_number.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <turnout/base/private_file.h>
#include <turnout/base/text.h>

enum { FILE_BYTES_MAX = 64, LEAP = 1000 };

enum turnout_error bulletin_number_read(const char *data, int64_t *ret_number, struct error *error)
{
    char *bytes;
    size_t length;
    enum turnout_error failed =
        private_file_read_at(data, BULLETIN_NUMBER_FILE, "data", FILE_BYTES_MAX, &bytes, &length, error);
    if (failed != TURNOUT_OK) {
        *ret_number = 0;
        return failed == TURNOUT_NOT_FOUND ? TURNOUT_OK : failed;
    }
    struct slice rest = {bytes, length};
    if (!text_parse_integer(text_split(&rest, '\n'), 0, INT32_MAX, ret_number) || rest.length > 0) {
        failed = error_fail(error, TURNOUT_BAD_INPUT, "data",
                            "%s/" BULLETIN_NUMBER_FILE
                            " does not hold a number: write the number of the newest bulletin into it",
                            data);
    }
    free(bytes);
    return failed;
}

static enum turnout_error write_number(const char *data, int64_t number, struct error *error)
{
    char line[DECIMAL_BYTES_MAX + 2];
    int length = snprintf(line, sizeof line, "%" PRId64 "\n", number);
    return private_file_replace_at(data, BULLETIN_NUMBER_FILE, "data", line, (size_t)length, error);
}

enum turnout_error bulletin_number_raise(const char *data, int64_t number, struct error *error)
{
    int64_t before;
    enum turnout_error failed = bulletin_number_read(data, &before, error);
    return failed != TURNOUT_OK || number <= before ? failed : write_number(data, number, error);
}

enum turnout_error bulletin_number_leap(const char *data, struct error *error)
{
    int64_t before;
    enum turnout_error failed = bulletin_number_read(data, &before, error);
    return failed != TURNOUT_OK ? failed : write_number(data, (before / LEAP + 1) * LEAP, error);
}
