/* All fixed bounds of the system, with its unit in its name. DESIGN sections 2, 6 and 9. */
#ifndef TURNOUT_BASE_LIMITS_H
#define TURNOUT_BASE_LIMITS_H

enum {
    AREA_CODE_BYTES_MAX = 32, /* an area's code, an election's id */
    AREA_CODE_BYTES = AREA_CODE_BYTES_MAX + 1,
    KEY_BYTES_MAX = 64,        /* the id of a signing key */
    GENERATION_BYTES_MAX = 32, /* the id of what a store holds */
    GENERATION_BYTES = GENERATION_BYTES_MAX + 1,
    SIGNATURE_TEXT_BYTES = 86, /* 64 bytes of Ed25519 as base64url without padding */
    NAME_BYTES_MAX = 256,      /* a name of an area or election */
    CONTACT_BYTES_MAX = 100,   /* of a unit */

    REPORT_BYTES_MAX = 4096, /* one report as JSON */
    SEQ_MAX = 2147483647,
    VOTERS_MAX = 10000000, /* `voted` and `registered` of one unit */
    NOTE_CHARACTERS_MAX = 200,
    NOTE_BYTES_MAX = 4 * NOTE_CHARACTERS_MAX,

    REPORTS_A_REQUEST_MAX = 10000,
    REQUEST_BODY_BYTES_MAX = 8 * 1024 * 1024,

    REQUEST_HEAD_BYTES_MAX = 8192,
    REQUEST_HEADERS_MAX = 32,

    ROUNDS_MAX = 48,
    PROVINCES_MAX = 1000,
    COMMUNES_MAX = 100000,
    UNITS_MAX = 2000000,
    KEYS_MAX = 4000000, /* signing keys: two a unit, or so */
};

#endif
