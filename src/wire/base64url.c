/* Decodes base64url with libsodium, after a check of our own. */
#include "base64url.h"

#include <sodium.h>

bool base64url_is_alphabet(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        bool is_digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                        c == '-' || c == '_';
        if (!is_digit) {
            return false;
        }
    }
    return true;
}

/* Where `char` is signed, libsodium 1.0.18 reads every byte from 0x80 on as the last of the 64 characters. */
bool base64url_decode(struct slice text, unsigned char *ret_bytes, size_t length)
{
    size_t decoded;
    return base64url_is_alphabet(text) &&
           sodium_base642bin(ret_bytes, length, text.bytes, text.length, NULL, &decoded, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           decoded == length;
}
