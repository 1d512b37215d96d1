/* Searches from the newest bulletin backwards, and reads only one branch of each. */
#include "verify/verify_unit.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

enum { UNIT_CELLS = 7, RECEIPT_DASH = 4 };

struct way {
    struct verify_export *export;
    const struct unit *unit;
    char receipt[RECEIPT_BYTES];
};

/* Normalises a receipt. False when it is none. */
static bool read_receipt(const char *text, char ret_receipt[RECEIPT_BYTES])
{
    size_t length = 0;
    for (; *text != '\0' && length < RECEIPT_BYTES - 1; text++) {
        if (*text == '-') {
            continue;
        }
        if (length == RECEIPT_DASH) {
            ret_receipt[length++] = '-';
        }
        ret_receipt[length++] = (char)toupper((unsigned char)*text);
    }
    ret_receipt[length] = '\0';
    return *text == '\0' && length == RECEIPT_BYTES - 1;
}

/* The unit's line in the file of its commune; false when there is none with this receipt. */
static bool find_line(const struct way *way, struct slice file, struct slice ret_cells[UNIT_CELLS])
{
    while (file.length > 0) {
        struct slice line = text_split(&file, '\n');
        for (size_t i = 0; i < UNIT_CELLS; i++) {
            ret_cells[i] = text_split(&line, ',');
        }
        if (slice_equals(ret_cells[0], way->unit->code) && line.bytes == NULL) {
            return slice_equals(ret_cells[UNIT_CELLS - 1], way->receipt);
        }
    }
    return false;
}

/* Whether roll, count and seq are numbers. An export is not trusted. */
static bool are_counts(const struct slice cells[UNIT_CELLS])
{
    int64_t count;
    return text_parse_integer(cells[1], 0, INT32_MAX, &count) &&
           text_parse_integer(cells[2], 0, INT32_MAX, &count) &&
           text_parse_integer(cells[3], 1, INT32_MAX, &count);
}

static void print_area(const struct way *way, const struct verify_bulletin *bulletin, uint32_t area)
{
    const struct area *of = &way->export->folder.reg->areas[area];
    const struct bulletin_line *line = &bulletin->children[area].line;
    char file[EXPORT_NAME_BYTES];
    export_area_name(bulletin->number, of->code, file);
    (void)printf("  %-9s %s: %" PRId64 " of %" PRId64 "   %s\n", area_level_name(of->level), of->code,
                 line->voted, line->registered, file);
}

static void print_way(const struct way *way, const struct verify_bulletin *bulletin,
                      const struct slice cells[UNIT_CELLS])
{
    const struct election_register *reg = way->export->folder.reg;
    (void)printf("bulletin %" PRId64 " (%s) holds this report:\n", bulletin->number,
                 bulletin->statement.label);
    (void)printf("  %-9s %s: %.*s of %.*s, report %.*s, receipt %s\n", "unit", way->unit->code,
                 (int)cells[2].length, cells[2].bytes, (int)cells[1].length, cells[1].bytes,
                 (int)cells[3].length, cells[3].bytes, way->receipt);
    for (uint32_t area = way->unit->commune; area != REGISTER_NONE; area = reg->areas[area].parent) {
        print_area(way, bulletin, area);
    }
    (void)printf("  signed by %s\n", way->export->signing_key_text);
}

/* Adds a unit's line. False when it has no roll or count. */
static bool add_unit(struct slice line, struct bulletin_line *sum)
{
    int64_t registered;
    int64_t voted;
    (void)text_split(&line, ','); /* its code */
    if (!text_parse_integer(text_split(&line, ','), 0, INT32_MAX, &registered) ||
        !text_parse_integer(text_split(&line, ','), 0, INT32_MAX, &voted)) {
        return false;
    }
    bool is_silent = text_split(&line, ',').length == 0; /* no seq: silent */
    bulletin_line_add(
        sum, &(struct bulletin_line){
                 .registered = registered, .voted = voted, .units = 1, .units_reported = is_silent ? 0 : 1});
    return true;
}

/* Whether the commune's own line is followed by the state of its log, and nothing else. */
static bool ends_with_log(struct slice file, struct slice rest)
{
    int64_t lines;
    unsigned char head[LOG_HEAD_BYTES];
    (void)text_split(&rest, '\n');
    return rest.length == 0 && bulletin_read_log(file, &lines, head);
}

/* Whether all units add up to the commune's own line, and it equals that in the province's file. Held reports are in
 * the log only. */
static bool adds_up(struct slice file, const struct bulletin_line *wanted)
{
    struct bulletin_line sum = {.held = wanted->held};
    struct slice whole = file;
    memcpy(sum.code, wanted->code, sizeof sum.code);
    (void)text_split(&file, '\n');
    while (file.length > 0) {
        struct slice rest = file;
        struct bulletin_child own;
        if (bulletin_next_child(&rest, &own) && strcmp(own.sha256, "-") == 0) {
            return bulletin_line_equals(&own.line, wanted) && bulletin_line_equals(&sum, wanted) &&
                   ends_with_log(whole, rest);
        }
        if (!add_unit(text_split(&file, '\n'), &sum)) {
            return false;
        }
    }
    return false;
}

/* Whether the bulletin has it. *ret_status is not EXIT_DONE when a file on the way is wrong. */
static bool look_in(const struct way *way, size_t place, int *ret_status)
{
    const struct election_register *reg = way->export->folder.reg;
    const struct verify_bulletin *bulletin = &way->export->bulletins[place];
    uint32_t commune = way->unit->commune;
    struct slice cells[UNIT_CELLS];
    struct error error;
    char *bytes;
    size_t length;
    *ret_status = EXIT_FAILED;
    if (bulletin->fault[0] != '\0') {
        (void)fprintf(stderr, "%s\n", bulletin->fault);
        return true;
    }
    if (bulletin->children[commune].line.code[0] == '\0') {
        return false; /* it was not there yet */
    }
    if (verify_export_area(way->export, bulletin, commune, &bytes, &length, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        return true;
    }
    struct slice file = {bytes, length};
    char name[EXPORT_NAME_BYTES];
    export_area_name(bulletin->number, reg->areas[commune].code, name);
    bool is_found = find_line(way, file, cells);
    if (is_found && !are_counts(cells)) {
        (void)fprintf(stderr, "%s: the line of %s is not that of a report\n", name, way->unit->code);
    } else if (is_found && !adds_up(file, &bulletin->children[commune].line)) {
        (void)fprintf(stderr, "%s: its units do not add up to its line in the province's file\n", name);
    } else if (is_found) {
        print_way(way, bulletin, cells);
        *ret_status = finish_output(EXIT_DONE);
    }
    free(bytes);
    return is_found;
}

int verify_unit(struct verify_export *export, uint32_t unit, const char *receipt)
{
    struct way way = {.export = export, .unit = &export->folder.reg->units[unit]};
    uint32_t province = register_province_of(export->folder.reg, way.unit->commune);
    int status = EXIT_FAILED;
    if (!read_receipt(receipt, way.receipt)) {
        (void)fprintf(stderr, "--receipt %s: not a receipt; one looks like 7K4Q-9M2D\n", receipt);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < export->bulletin_count; i++) {
        verify_export_bulletin(export, i, province);
    }
    size_t left = export->bulletin_count;
    while (left > 0 && !look_in(&way, left - 1, &status)) {
        left--;
    }
    if (left == 0) {
        (void)fprintf(
            stderr,
            "no bulletin has a report of unit %s with the receipt %s: it came after the newest one, or "
            "a later report replaced it, or it was not counted\n",
            way.unit->code, way.receipt);
    }
    return status;
}
