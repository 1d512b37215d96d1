/* Splits a stream into lines. Stores no bytes, only its position. */
#include <turnout/wire/line_framer.h>

#include <assert.h>
#include <string.h>

void line_framer_init(struct line_framer *framer, size_t line_bytes_max)
{
    assert(line_bytes_max > 0);
    *framer = (struct line_framer){.line_bytes_max = line_bytes_max};
}

static size_t without_cr(const char *line, size_t length)
{
    return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
}

/* Skips the rest of a line that is too long. Returns the number of bytes. */
static size_t skip(struct line_framer *framer, const char *bytes, size_t length)
{
    const char *end = memchr(bytes, '\n', length);
    if (end == NULL) {
        return length;
    }
    framer->skipping = false;
    return (size_t)(end - bytes) + 1;
}

enum line_found line_framer_next(struct line_framer *framer, const char *bytes, size_t length,
                                 struct slice *ret_line, size_t *ret_taken)
{
    size_t skipped = framer->skipping && length > 0 ? skip(framer, bytes, length) : 0;
    const char *line = bytes + skipped;
    size_t rest = length - skipped;
    *ret_taken = skipped;
    if (rest == 0) {
        return LINE_NONE;
    }

    const char *end = memchr(line, '\n', rest);
    size_t line_bytes = without_cr(line, end == NULL ? rest : (size_t)(end - line));
    if (line_bytes > framer->line_bytes_max) {
        framer->line_number++;
        framer->skipping = end == NULL;
        *ret_taken += end == NULL ? rest : (size_t)(end - line) + 1;
        return LINE_TOO_LONG;
    }
    if (end == NULL) {
        return LINE_NONE;
    }
    framer->line_number++;
    *ret_line = (struct slice){line, line_bytes};
    *ret_taken += (size_t)(end - line) + 1;
    return LINE_WHOLE;
}
