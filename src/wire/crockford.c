/* Crockford's base32, a word of eight digits at a time. */
#include "crockford.h"

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void crockford_write(const unsigned char bytes[CROCKFORD_WORD_BYTES], char ret_text[CROCKFORD_WORD_DIGITS])
{
    uint64_t bits = 0;
    for (size_t i = 0; i < CROCKFORD_WORD_BYTES; i++) {
        bits = bits << 8 | bytes[i];
    }
    for (size_t i = CROCKFORD_WORD_DIGITS; i-- > 0; bits >>= 5) {
        ret_text[i] = alphabet[bits & 31];
    }
}

/* Whether a typed character stands for this digit. */
static bool is_digit(char typed, char digit)
{
    switch (typed) {
    case 'o':
    case 'O':
        return digit == '0';
    case 'i':
    case 'I':
    case 'l':
    case 'L':
        return digit == '1';
    default:
        return typed == digit || (typed >= 'a' && typed <= 'z' && typed - 'a' == digit - 'A');
    }
}

bool crockford_is_typed(struct slice typed, const char *written)
{
    for (size_t i = 0; i < typed.length; i++) {
        if (typed.bytes[i] == '-' || typed.bytes[i] == ' ') {
            continue;
        }
        written += *written == '-' ? 1 : 0;
        if (*written == '\0' || !is_digit(typed.bytes[i], *written)) {
            return false;
        }
        written++;
    }
    return *written == '\0';
}

bool crockford_is_word(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (memchr(alphabet, text.bytes[i], sizeof alphabet - 1) == NULL) {
            return false;
        }
    }
    return text.length == CROCKFORD_WORD_DIGITS;
}
