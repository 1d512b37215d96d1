/* tokens.csv. A set that is taken has sound rows, each id once, and each label once among those that are not revoked;
 * it is found by id. What is cut off anywhere allows nothing that the whole file does not. Faults are told at lines
 * that are there. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/store/tokens.h>

enum { INPUT_BYTES_MAX = 16 * 1024, CUTS = 8 };

/* What is told of the faults. */
struct listener {
    uint64_t faults;
    uint32_t line_count;
};

static void on_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    struct listener *listener = context;
    listener->faults++;
    assert(strcmp(file, TOKENS_FILE) == 0 && line <= listener->line_count);
    assert(error->text[0] != '\0' && text_is_showable(slice_of(error->text)));
}

static uint32_t count_lines(struct slice text)
{
    uint32_t count = 0;
    while (text.bytes != NULL) {
        (void)text_split(&text, '\n');
        count++;
    }
    return count;
}

/* NULL when there was a fault. */
static struct tokens *parse(struct slice text)
{
    struct listener listener = {.line_count = count_lines(text) + 1};
    struct tokens *tokens = NULL;
    struct error error = {.text = ""};
    char *copy = fuzz_copy(text.bytes, text.length);
    enum turnout_error failed = tokens_parse(copy, text.length, on_fault, &listener, &tokens, &error);
    free(copy);
    assert((failed == TURNOUT_OK) == (listener.faults == 0) && (failed == TURNOUT_OK) == (tokens != NULL));
    assert((failed == TURNOUT_OK) == (error.text[0] == '\0'));
    return tokens;
}

static void check_rows(const struct tokens *tokens)
{
    for (size_t i = 0; i < tokens_count(tokens); i++) {
        const struct known_token *row = tokens_at(tokens, i);
        const char *why = NULL;
        assert(token_id_is_good(slice_of(row->id)) && token_label_is_good(slice_of(row->label)));
        assert(row->role < ROLE_COUNT && text_is_code(slice_of(row->area)));
        assert(row->made > 0 && row->expires > 0 && row->revoked >= 0);
        assert(tokens_find(tokens, row->id) == row);
        assert(tokens_allow(tokens, row->id, &why) == (row->revoked == 0) &&
               (why == NULL) == (row->revoked == 0));
        for (size_t before = 0; before < i; before++) {
            const struct known_token *other = tokens_at(tokens, before);
            assert(strcmp(other->id, row->id) != 0);
            assert(other->revoked != 0 || row->revoked != 0 || strcmp(other->label, row->label) != 0);
        }
    }
}

static void check_cut(const struct tokens *whole, struct slice text, size_t length)
{
    struct tokens *cut = parse((struct slice){text.bytes, length});
    for (size_t i = 0; cut != NULL && i < tokens_count(cut); i++) {
        const char *why;
        const struct known_token *row = tokens_at(cut, i);
        assert(row->revoked != 0 || tokens_allow(whole, row->id, &why));
    }
    tokens_release(cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_BYTES_MAX) {
        return 0;
    }
    struct slice input = {(const char *)data, size};
    struct tokens *tokens = parse(input);
    if (tokens != NULL) {
        uint32_t seed = slice_hash(input);
        check_rows(tokens);
        for (size_t i = 0; i < CUTS; i++) {
            seed = seed * 1664525 + 1013904223;
            check_cut(tokens, input, (seed >> 8) % (size + 1));
        }
    }
    tokens_release(tokens);
    return 0;
}
