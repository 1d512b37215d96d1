/* Lines, columns and bars of `turnout watch`. */
#include "watch/watch_picture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <turnout/base/memory.h>
#include <turnout/base/text.h>
#include <turnout/election/percent.h>

enum {
    NAME_COLUMNS = 22,
    BAR_COLUMNS = 20,
    PROVINCES_SHOWN = 5,
    TERMINAL_COLUMNS = 80,
};

void watch_picture_name(struct buffer *out, const char *name, uint32_t columns)
{
    size_t length = strlen(name);
    size_t at = 0;
    uint32_t used = 0;
    mbstate_t state = {0};
    while (at < length) {
        wchar_t character = 0;
        size_t bytes = mbrtowc(&character, name + at, length - at, &state);
        bool readable = bytes != (size_t)-1 && bytes != (size_t)-2;
        int width = readable ? wcwidth(character) : -1;
        uint32_t needed = width < 0 ? 1 : (uint32_t)width;
        if (used + needed > columns) {
            break;
        }
        if (width < 0) {
            buffer_append_char(out, '?');
        } else {
            buffer_append(out, name + at, bytes);
        }
        if (!readable) {
            state = (mbstate_t){0};
        }
        used += needed;
        at += readable ? bytes : 1;
    }
    for (; used < columns; used++) {
        buffer_append_char(out, ' ');
    }
}

/* A whole number in groups of three, 76,516,637, set to the right of `columns`. */
static void write_count(struct buffer *out, int64_t count, int columns)
{
    char digits[24];
    char grouped[32];
    int length = snprintf(digits, sizeof digits, "%" PRId64, count);
    size_t at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            grouped[at++] = ',';
        }
        grouped[at++] = digits[i];
    }
    grouped[at] = '\0';
    buffer_printf(out, "%*s", columns, grouped);
}

static void write_bar(struct buffer *out, int32_t percent, bool utf8)
{
    int32_t full = percent * BAR_COLUMNS / PERCENT_ALL; /* rounded down: full only when all have voted */
    for (int32_t i = 0; i < BAR_COLUMNS; i++) {
        if (i < full) {
            buffer_append_text(out, utf8 ? "█" : "#");
        } else {
            buffer_append_text(out, utf8 ? "░" : ".");
        }
    }
}

static const char *name_of(const struct document_area *area, bool utf8)
{
    return utf8 || area->name_en[0] == '\0' ? area->name : area->name_en;
}

/* "12 s", "5 min", "3 h", "8 days". */
static void write_age(struct buffer *out, int64_t seconds)
{
    static const int64_t minute = 60;
    static const int64_t hour = 3600;
    static const int64_t day = 86400;
    if (seconds < 2 * minute) {
        buffer_printf(out, "%" PRId64 " s", seconds < 0 ? 0 : seconds);
    } else if (seconds < 2 * hour) {
        buffer_printf(out, "%" PRId64 " min", seconds / minute);
    } else if (seconds < 2 * day) {
        buffer_printf(out, "%" PRId64 " h", seconds / hour);
    } else {
        buffer_printf(out, "%" PRId64 " days", seconds / day);
    }
}

/* The nation's percentage and counts. */
static void write_headline(struct buffer *out, const struct watch_picture *picture)
{
    const struct document_area *nation = &picture->document->nation;
    const char *name = name_of(nation, picture->utf8);
    size_t characters = 0;
    (void)text_is_utf8(slice_of(name), &characters);
    watch_picture_name(out, name, (uint32_t)characters);
    buffer_append_text(out, "  ");
    if (nation->withheld) {
        buffer_append_text(out, "withheld by the election committee");
    } else if (nation->verified) {
        char percent[PERCENT_TEXT_BYTES];
        percent_format(nation->percent, percent);
        buffer_printf(out, "%s%s  ", percent[0] == '\0' ? "-" : percent, percent[0] == '\0' ? "" : "%");
        write_count(out, nation->voted, 0);
        buffer_append_text(out, " of ");
        write_count(out, nation->registered, 0);
        buffer_append_text(out, " voted");
    } else {
        buffer_append_text(out, "under verification");
    }
    buffer_append_text(out, picture->document->test ? "  [TEST]" : "");
}

/* The units that have reported, and the age of the figures. */
static void write_basis(struct buffer *out, const struct watch_picture *picture)
{
    const struct document_area *nation = &picture->document->nation;
    if (nation->verified && !nation->withheld) {
        write_count(out, nation->units_reported, 0);
        buffer_append_text(out, " of ");
        write_count(out, nation->units, 0);
        buffer_printf(out, " units reported, as of %s, ", nation->as_of[0] == '\0' ? "-" : nation->as_of);
    }
    buffer_append_text(out, "published ");
    write_age(out, picture->now - picture->document->generated_at);
    buffer_append_text(out, " ago");
}

void watch_picture_nation(struct buffer *out, const struct watch_picture *picture)
{
    write_headline(out, picture);
    buffer_append_text(out, "  ");
    write_basis(out, picture);
}

static void write_province(struct buffer *out, const struct document_area *province, bool utf8)
{
    char percent[PERCENT_TEXT_BYTES];
    percent_format(province->percent, percent);
    buffer_append_text(out, "  ");
    watch_picture_name(out, name_of(province, utf8), NAME_COLUMNS);
    buffer_printf(out, " %6s%% ", percent);
    write_bar(out, province->percent, utf8);
    write_count(out, province->voted, 12);
    buffer_append_text(out, " /");
    write_count(out, province->registered, 11);
    buffer_append_char(out, '\n');
}

/* Compares turnout by the exact ratio, since percentages are rounded. */
static int compare_turnout(const void *left, const void *right)
{
    const struct document_area *a = left;
    const struct document_area *b = right;
    double ratio_a = (double)a->voted / (double)a->registered;
    double ratio_b = (double)b->voted / (double)b->registered;
    if (ratio_a != ratio_b) {
        return ratio_a < ratio_b ? -1 : 1;
    }
    return strcmp(a->code, b->code);
}

/* A copy of the provinces that have a percentage, slowest first; the caller frees it. */
static struct document_area *rank(const struct turnout_document *document, size_t *ret_count)
{
    struct document_area *ranked = memory_new_array(document->province_count, sizeof *ranked);
    size_t count = 0;
    for (size_t i = 0; i < document->province_count; i++) {
        const struct document_area *province = &document->provinces[i];
        if (province->verified && province->percent != PERCENT_NONE && province->registered > 0) {
            ranked[count++] = *province;
        }
    }
    qsort(ranked, count, sizeof *ranked, compare_turnout);
    *ret_count = count;
    return ranked;
}

static void write_provinces(struct buffer *out, const struct watch_picture *picture)
{
    size_t count = 0;
    struct document_area *ranked = rank(picture->document, &count);
    size_t shown = count < PROVINCES_SHOWN ? count : PROVINCES_SHOWN;
    buffer_append_text(out, "slowest\n");
    for (size_t i = 0; i < shown; i++) {
        write_province(out, &ranked[i], picture->utf8);
    }
    buffer_append_text(out, "fastest\n");
    for (size_t i = 0; i < shown; i++) {
        write_province(out, &ranked[count - 1 - i], picture->utf8);
    }
    free(ranked);
    size_t silent = picture->document->province_count - count;
    if (silent > 0) {
        buffer_printf(out, "%zu without a percentage: no voters listed, or under verification\n", silent);
    }
}

/* Lines are at most TERMINAL_COLUMNS wide: a wrapped line would spoil the redrawing in place. */
static void write_away(struct buffer *out, const struct watch_picture *picture)
{
    size_t length = strlen(picture->away);
    buffer_append_text(out, "server away for ");
    write_age(out, picture->away_s);
    buffer_append_text(out,
                       picture->document == NULL ? "; no figures yet\n" : "; these are the last figures\n");
    watch_picture_name(out, picture->away, length < TERMINAL_COLUMNS ? (uint32_t)length : TERMINAL_COLUMNS);
    buffer_append_char(out, '\n');
}

void watch_picture_write(struct buffer *out, const struct watch_picture *picture)
{
    if (picture->document != NULL) {
        write_headline(out, picture);
        buffer_append_char(out, '\n');
        write_basis(out, picture);
        buffer_append_text(out, "\n\n");
        write_provinces(out, picture);
    }
    if (picture->document != NULL && picture->away != NULL) {
        buffer_append_char(out, '\n');
    }
    if (picture->away != NULL) {
        write_away(out, picture);
    }
}
