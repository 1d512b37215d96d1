/* Cards with a private key on paper: a QR code for the unit's telephone, and what people need to know about it. A
 * page is self-contained HTML: eight cards on an A4 sheet, with cutting marks. Pure: writes into a buffer. */
#ifndef TURNOUT_KEY_CARD_H
#define TURNOUT_KEY_CARD_H

#include <stddef.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/signature.h>

enum {
    KEY_CARDS_A_SHEET = 8,
    KEY_CARD_BYTES_MAX =
        64 * 1024, /* reserve this much, so that the buffer never moves and wiping it is complete */
    KEY_PAYLOAD_BYTES = 256,
};

enum key_holder { HOLDER_UNIT, HOLDER_COMMUNE, HOLDER_PROVINCE };

/* All texts are borrowed, none is NULL. */
struct key_card {
    const char *election;      /* its id */
    const char *election_name; /* for people */
    enum key_holder holder;
    const char *area;      /* code of the unit, commune or province */
    const char *area_name; /* for people */
    const char *parent_name;
    const char *key;   /* its id */
    const char *from;  /* as in keys.csv; may be "" */
    const char *until; /* the same */
    const unsigned char *seed;
};

/* Appends the content of the QR code: `turnout-key-v1:<election>:<key>:<area>:<seed>`, the seed as base64url without
 * padding. No part can contain a colon. The caller wipes it. */
void key_card_payload(const struct key_card *card, char ret_payload[KEY_PAYLOAD_BYTES]);

/* Appends a QR code (error correction M) as an SVG element, with the quiet margin it needs. */
void key_card_write_qr(struct buffer *out, const char *payload);

void key_page_begin(struct buffer *out, const char *title);

/* `number` counts the page's cards from 0. */
void key_page_add(struct buffer *out, const struct key_card *card, size_t number);

/* `count` is how many cards there were. */
void key_page_end(struct buffer *out, size_t count);

#endif
