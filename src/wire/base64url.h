/* base64url (RFC 4648 section 5) without padding, for MACs, signatures and keys. Only the canonical spelling is
 * accepted, so that values can be compared by their text. */
#ifndef TURNOUT_WIRE_BASE64URL_H
#define TURNOUT_WIRE_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>

#include <turnout/base/text.h>

/* Whether every character is one of the 64. */
bool base64url_is_alphabet(struct slice text);

/* Decodes exactly `length` bytes from exactly as many characters as they need; unused bits must be 0. ret_bytes is
 * undefined after false. */
bool base64url_decode(struct slice text, unsigned char *ret_bytes, size_t length);

#endif
