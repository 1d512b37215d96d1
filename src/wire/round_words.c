/* Reads and writes the word with the units that have reported in each round. */
#include <turnout/wire/round_words.h>

#include <stdint.h>

#include <turnout/base/limits.h>

void round_words_write(struct buffer *out, const struct totals *totals)
{
    uint32_t count = ROUNDS_MAX;
    while (count > 1 && totals->rounds[count - 1] == 0) {
        count--;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) {
            buffer_append_char(out, ',');
        }
        buffer_append_integer(out, totals->rounds[i]);
        if (totals->late[i] != 0) {
            buffer_append_char(out, '/');
            buffer_append_integer(out, totals->late[i]);
        }
    }
}

bool round_words_read(struct slice text, struct totals *totals)
{
    uint32_t round = 0;
    do {
        uint64_t units;
        uint64_t late = 0;
        struct slice behind = text_split(&text, ',');
        if (round == ROUNDS_MAX || !text_parse_unsigned(text_split(&behind, '/'), UNITS_MAX, &units) ||
            (behind.bytes != NULL && !text_parse_unsigned(behind, units, &late))) {
            return false;
        }
        totals->late[round] = (int64_t)late;
        totals->rounds[round++] = (int64_t)units;
    } while (text.bytes != NULL);
    return true;
}
