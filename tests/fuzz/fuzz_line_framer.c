/* The line framer. However a stream is cut into pieces, its lines are those that a reader of the whole finds, with
 * the same numbers, and each line above the bound is announced once.
 *
 * The input's first byte is the bound, the second seeds the cuts, the rest is the stream. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/line_framer.h>

enum { BOUND_MAX = 16, PIECE_BYTES_MAX = 12 };

/* One line as text, to compare: its number, and itself or a mark. */
static void note_line(struct buffer *notes, uint64_t number, bool is_too_long, struct slice line)
{
    buffer_append_integer(notes, (int64_t)number);
    buffer_append_text(notes, is_too_long ? " too long\n" : " =");
    if (!is_too_long) {
        buffer_append(notes, line.bytes, line.length);
        buffer_append_char(notes, '\n');
    }
}

/* The lines of the whole, by the definition; *ret_rest is what stands behind the last line end. */
static void read_whole(struct slice stream, size_t bound, struct buffer *notes, struct slice *ret_rest)
{
    uint64_t number = 0;
    const char *end;
    while (stream.length > 0 && (end = memchr(stream.bytes, '\n', stream.length)) != NULL) {
        struct slice line = {stream.bytes, (size_t)(end - stream.bytes)};
        stream.length -= line.length + 1;
        stream.bytes = end + 1;
        line.length -= line.length > 0 && line.bytes[line.length - 1] == '\r';
        note_line(notes, ++number, line.length > bound, line);
    }
    *ret_rest = stream;
    size_t unended = stream.length;
    unended -= unended > 0 && stream.bytes[unended - 1] == '\r';
    if (unended > bound) { /* announced without waiting for its end */
        note_line(notes, ++number, true, stream);
    }
}

static void take_lines(struct line_framer *framer, struct buffer *kept, struct buffer *notes)
{
    for (;;) {
        struct slice line = {NULL, 0};
        size_t taken;
        char *copy = fuzz_copy(kept->bytes, kept->length);
        enum line_found found = line_framer_next(framer, copy, kept->length, &line, &taken);
        assert(taken <= kept->length);
        if (found != LINE_NONE) {
            assert(taken > 0);
            note_line(notes, framer->line_number, found == LINE_TOO_LONG, line);
        }
        free(copy);
        kept->length -= taken;
        memmove(kept->bytes, kept->bytes + taken, kept->length);
        if (found == LINE_NONE) {
            assert(!framer->skipping || kept->length == 0);
            return;
        }
    }
}

static void read_pieces(struct slice stream, size_t bound, uint32_t seed, struct buffer *notes,
                        struct buffer *ret_rest)
{
    struct line_framer framer;
    line_framer_init(&framer, bound);
    while (stream.length > 0) {
        seed = seed * 1664525 + 1013904223;
        size_t piece = seed >> 24 == 0 ? stream.length : 1 + (seed >> 16) % PIECE_BYTES_MAX;
        piece = piece < stream.length ? piece : stream.length;
        buffer_append(ret_rest, stream.bytes, piece);
        stream.bytes += piece;
        stream.length -= piece;
        take_lines(&framer, ret_rest, notes);
        assert(ret_rest->length <= bound + 1); /* with a CR: no more than that is ever kept */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    size_t bound = 1 + data[0] % BOUND_MAX;
    struct slice stream = {(const char *)data + 2, size - 2};
    struct buffer expected = {0};
    struct buffer found = {0};
    struct buffer rest = {0};
    struct slice expected_rest;
    read_whole(stream, bound, &expected, &expected_rest);
    read_pieces(stream, bound, data[1], &found, &rest);
    assert(found.length == expected.length);
    assert(found.length == 0 || memcmp(found.bytes, expected.bytes, found.length) == 0);
    /* What is left over is the line without its end, or nothing of it once it was too long. */
    assert(rest.length == 0 || rest.length == expected_rest.length);
    buffer_done(&expected);
    buffer_done(&found);
    buffer_done(&rest);
    return 0;
}
