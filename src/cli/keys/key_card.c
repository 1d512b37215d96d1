/* Pages of cards. Each code is one SVG path with a stroke for every run of dark modules: small, sharp on any printer,
 * and without a separate image file. */
#include "keys/key_card.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <qrencode.h>
#include <sodium.h>

#include <turnout/base/memory.h>
#include <turnout/base/text.h>
#include <turnout/wire/xml_text.h>

enum {
    SEED_TEXT_BYTES = sodium_base64_ENCODED_LEN(SIGNING_SEED_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
    QUIET_MODULES = 4, /* the white margin that ISO/IEC 18004 requires */
};

/* The texts that differ by kind of holder. */
static const struct {
    const char *signs_for;
    const char *to_telephone;
} holders[] = {
    [HOLDER_UNIT] = {"Signs the reports of this polling unit.", "the commune"},
    [HOLDER_COMMUNE] = {"Signs for every polling unit of this commune.", "the province"},
    [HOLDER_PROVINCE] = {"Signs for every polling unit of this province.", "the election's office"},
};

/* ---- the code ---- */

void key_card_payload(const struct key_card *card, char ret_payload[KEY_PAYLOAD_BYTES])
{
    char seed[SEED_TEXT_BYTES];
    (void)sodium_bin2base64(seed, sizeof seed, card->seed, SIGNING_SEED_BYTES,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    int length = snprintf(ret_payload, KEY_PAYLOAD_BYTES, "turnout-key-v1:%s:%s:%s:%s", card->election,
                          card->key, card->area, seed);
    assert(length > 0 && length < KEY_PAYLOAD_BYTES);
    sodium_memzero(seed, sizeof seed);
}

/* The length of the run of equal modules from `x` on. */
static int run_length(const unsigned char *row, int x, int width)
{
    int end = x + 1;
    while (end < width && (row[end] & 1) == (row[x] & 1)) {
        end++;
    }
    return end - x;
}

static void draw_row(struct buffer *out, const unsigned char *row, int y, int width)
{
    bool is_begun = false;
    int at = 0; /* position of the pen, once begun */
    for (int x = 0; x < width;) {
        int run = run_length(row, x, width);
        if ((row[x] & 1) != 0) {
            if (is_begun) {
                buffer_printf(out, "m%d 0h%d", x - at, run);
            } else {
                buffer_printf(out, "M%d %d.5h%d", x + QUIET_MODULES, y + QUIET_MODULES, run);
            }
            is_begun = true;
            at = x + run;
        }
        x += run;
    }
}

void key_card_write_qr(struct buffer *out, const char *payload)
{
    QRcode *code = QRcode_encodeString8bit(payload, 0, QR_ECLEVEL_M);
    assert(code != NULL); /* KEY_PAYLOAD_BYTES are far below the capacity of a code */
    int side = code->width + 2 * QUIET_MODULES;
    buffer_printf(out, "<svg class=\"qr\" viewBox=\"0 0 %d %d\"><path d=\"", side, side);
    for (int y = 0; y < code->width; y++) {
        draw_row(out, code->data + (size_t)y * (size_t)code->width, y, code->width);
    }
    buffer_append_text(out, "\"/></svg>");
    sodium_memzero(code->data, (size_t)code->width * (size_t)code->width);
    QRcode_free(code);
}

/* ---- the page ---- */

/* For a sheet of 210 by 297 mm. The code and its owner are side by side; what to do when it is lost is below both. */
static const char style[] =
    "@page{size:A4;margin:10mm}"
    "body{margin:0;font:8pt/1.25 sans-serif;color:#000;background:#fff}"
    ".sheet{width:190mm;display:grid;grid-template-columns:95mm 95mm;grid-auto-rows:69mm;break-after:page}"
    ".sheet:last-child{break-after:auto}"
    ".card{position:relative;box-sizing:border-box;height:69mm;padding:5mm 5mm 0 46mm;overflow:hidden;"
    "break-inside:avoid;overflow-wrap:anywhere}"
    ".qr{position:absolute;left:3mm;top:3mm;width:41mm;height:41mm}"
    ".qr path{stroke:#000;stroke-width:1;shape-rendering:crispEdges}"
    ".marks{position:absolute;left:0;top:0;width:95mm;height:69mm}"
    ".marks path{fill:none;stroke:#000;stroke-width:2}"
    "h1{font-size:7pt;font-weight:normal;margin:0 0 1mm;max-height:12mm;overflow:hidden}"
    "h2{font-size:11pt;line-height:1.1;margin:0}"
    "p{margin:0 0 1mm}"
    ".code{font:bold 12pt monospace}"
    ".lost{position:absolute;left:5mm;right:5mm;top:45mm;font-size:7.5pt}";

/* A mark at each corner of a card, in tenths of a millimetre. */
static const char marks[] = "<svg class=\"marks\" viewBox=\"0 0 950 690\"><path "
                            "d=\"M0 40V0H40M910 0H950V40M950 650V690H910M40 690H0V650\"/></svg>";

static void append_escaped(struct buffer *out, const char *foreign)
{
    char *text = memory_copy_text(foreign);
    text_make_showable(text);
    xml_put_text(out, text);
    free(text);
}

static void append_element(struct buffer *out, const char *tag, const char *text)
{
    buffer_printf(out, "<%s>", tag);
    append_escaped(out, text);
    buffer_printf(out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

void key_page_begin(struct buffer *out, const char *title)
{
    buffer_append_text(out, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">\n");
    append_element(out, "title", title);
    buffer_printf(out, "<style>%s</style></head><body>\n", style);
}

static void append_term(struct buffer *out, const struct key_card *card)
{
    if (card->from[0] == '\0' && card->until[0] == '\0') {
        return;
    }
    buffer_append_text(out, " Good");
    if (card->from[0] != '\0') {
        buffer_printf(out, " from %s", card->from);
    }
    if (card->until[0] != '\0') {
        buffer_printf(out, " until %s", card->until);
    }
    buffer_append_char(out, '.');
}

void key_page_add(struct buffer *out, const struct key_card *card, size_t number)
{
    if (number % KEY_CARDS_A_SHEET == 0) {
        buffer_append_text(out, number == 0 ? "<div class=\"sheet\">\n" : "</div>\n<div class=\"sheet\">\n");
    }
    char payload[KEY_PAYLOAD_BYTES];
    key_card_payload(card, payload);
    buffer_append_text(out, "<div class=\"card\">");
    buffer_append_text(out, marks);
    key_card_write_qr(out, payload);
    sodium_memzero(payload, sizeof payload);
    buffer_append_char(out, '\n');
    append_element(out, "h1", card->election_name);
    append_element(out, "h2", card->area_name);
    append_element(out, "p", card->parent_name);
    append_element(out, "p class=\"code\"", card->area);
    append_element(out, "p", holders[card->holder].signs_for);
    buffer_printf(out, "<p class=\"lost\"><b>Key %s.</b>", card->key);
    append_term(out, card);
    buffer_printf(
        out,
        " Whoever has this card can report in its name: keep it like a seal. Lost, copied or seen by "
        "others? Telephone %s <b>at once</b>: there, <code>turnout keys revoke --election DIR "
        "%s</code> makes it invalid, and you get a new one.</p></div>\n",
        holders[card->holder].to_telephone, card->key);
}

void key_page_end(struct buffer *out, size_t count)
{
    buffer_append_text(out, count == 0 ? "</body></html>\n" : "</div>\n</body></html>\n");
}
