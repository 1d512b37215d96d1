/* Reads what proto/lua writes of a unit. */
#include "unit_text.h"

#include <sodium.h>

#include <turnout/base/limits.h>

void digest_to_hex(const unsigned char digest[REPORT_DIGEST_BYTES], char ret_hex[DIGEST_HEX_BYTES])
{
    sodium_bin2hex(ret_hex, DIGEST_HEX_BYTES, digest, REPORT_DIGEST_BYTES);
}

bool digest_from_hex(struct slice hex, unsigned char ret_digest[REPORT_DIGEST_BYTES])
{
    size_t bytes;
    return hex.length == DIGEST_HEX_BYTES - 1 &&
           sodium_hex2bin(ret_digest, REPORT_DIGEST_BYTES, hex.bytes, hex.length, NULL, &bytes, NULL) == 0 &&
           bytes == REPORT_DIGEST_BYTES;
}

bool unit_text_parse(struct slice text, struct unit_state *ret_state)
{
    enum { NUMBERS = 5 };
    static const uint64_t most[NUMBERS] = {SEQ_MAX, VOTERS_MAX, VOTERS_MAX, INT64_MAX, INT64_MAX};
    uint64_t numbers[NUMBERS];
    uint64_t round;

    struct slice rest = text;
    for (int i = 0; i < NUMBERS; i++) {
        if (!text_parse_unsigned(text_split(&rest, ' '), most[i], &numbers[i])) {
            return false;
        }
    }
    *ret_state = (struct unit_state){
        .seq = (int32_t)numbers[0],
        .voted = (int32_t)numbers[1],
        .registered = (int32_t)numbers[2],
        .as_of = (int64_t)numbers[3],
        .received_ms = (int64_t)numbers[4],
    };
    if (!report_kind_parse(text_split(&rest, ' '), &ret_state->kind) ||
        !text_parse_unsigned(text_split(&rest, ' '), ROUNDS_MAX, &round)) {
        return false;
    }
    ret_state->round = (uint32_t)round;
    return digest_from_hex(rest, ret_state->digest);
}
