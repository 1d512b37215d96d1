/* Edit distance: insertions, deletions, substitutions, and swaps of neighbours (optimal string alignment). */
#include <turnout/base/nearest.h>

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { NAME_BYTES_MAX_COMPARED = 64, LETTERS_AN_EDIT = 3 };

struct nearest nearest_to(struct slice wrong)
{
    uint32_t most = wrong.length > NAME_BYTES_MAX_COMPARED
                        ? 0
                        : (uint32_t)((wrong.length + LETTERS_AN_EDIT - 1) / LETTERS_AN_EDIT);
    return (struct nearest){.wrong = wrong, .edits = most + 1};
}

static uint32_t least_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static bool is_same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Both are at most NAME_BYTES_MAX_COMPARED long. */
static uint32_t count_edits(struct slice a, struct slice b)
{
    /* Row i says what it costs to make the first j letters of b out of the first i of a. Only three are kept. */
    uint32_t rows[3][NAME_BYTES_MAX_COMPARED + 1];
    for (uint32_t j = 0; j <= b.length; j++) {
        rows[0][j] = j;
    }
    for (uint32_t i = 1; i <= a.length; i++) {
        uint32_t *row = rows[i % 3];
        const uint32_t *above = rows[(i + 2) % 3];
        row[0] = i;
        for (uint32_t j = 1; j <= b.length; j++) {
            bool same = is_same(a.bytes[i - 1], b.bytes[j - 1]);
            row[j] = least_of(above[j - 1] + (same ? 0 : 1), least_of(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && is_same(a.bytes[i - 1], b.bytes[j - 2]) &&
                is_same(a.bytes[i - 2], b.bytes[j - 1])) {
                row[j] = least_of(row[j], rows[(i + 1) % 3][j - 2] + 1);
            }
        }
    }
    return rows[a.length % 3][b.length];
}

void nearest_offer(struct nearest *nearest, const char *name)
{
    struct slice offered = slice_of(name);
    if (nearest->wrong.length > NAME_BYTES_MAX_COMPARED || offered.length > NAME_BYTES_MAX_COMPARED) {
        return;
    }
    uint32_t edits = count_edits(nearest->wrong, offered);
    if (edits < nearest->edits) {
        nearest->name = name;
        nearest->edits = edits;
    }
}

const char *nearest_hint(const struct nearest *nearest, char ret_hint[NEAREST_HINT_BYTES])
{
    ret_hint[0] = '\0';
    if (nearest->name != NULL) {
        (void)snprintf(ret_hint, NEAREST_HINT_BYTES, "; did you mean %.*s?", NAME_BYTES_MAX_COMPARED,
                       nearest->name);
    }
    return ret_hint;
}
