/* base64url (RFC 4648 section 5) without padding: macs, signatures and keys as text. Only the canonical spelling is
 * taken, so that what is written one way only can be compared, counted and named by its text. */
#ifndef TURNOUT_WIRE_BASE64URL_H
#define TURNOUT_WIRE_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>

#include <turnout/base/text.h>

/* Whether every character is one of the 64. */
bool base64url_is_alphabet(struct slice text);

/* Exactly `length` bytes, from exactly as many characters as they take; bits that stand for nothing must be 0. What
 * ret_bytes holds after false is of no use. */
bool base64url_decode(struct slice text, unsigned char *ret_bytes, size_t length);

#endif
