/* Crockford's base32: 0-9 and A-Z without I, L, O and U, which are easily confused. Upper case only. */
#ifndef TURNOUT_CROCKFORD_H
#define TURNOUT_CROCKFORD_H

#include <stdbool.h>

#include <turnout/base/text.h>

enum { CROCKFORD_WORD_BYTES = 5, CROCKFORD_WORD_DIGITS = 8 };

/* 40 bits as eight digits, without a NUL. */
void crockford_write(const unsigned char bytes[CROCKFORD_WORD_BYTES], char ret_text[CROCKFORD_WORD_DIGITS]);

/* Whether the text is what crockford_write() writes. */
bool crockford_is_word(struct slice text);

/* Whether the typed text is this word, or words joined by dashes: case, dashes and blanks are ignored, O is read as
 * 0, I and L as 1. */
bool crockford_is_typed(struct slice typed, const char *written);

#endif
