/* Reads the published figures and compares them. Knows the columns of checkpoints.csv and the names in an area
 * object, but not how figures are made. */
#include "demo/checkpoints.h"

#include <stdlib.h>

#include <turnout/base/file.h>
#include <turnout/base/memory.h>
#include <turnout/base/rfc3339.h>
#include <turnout/base/text.h>
#include <turnout/election/percent.h>
#include <turnout/wire/csv.h>

enum column {
    COLUMN_AS_OF,
    COLUMN_CODE,
    COLUMN_LEVEL,
    COLUMN_FIGURES,
    COLUMN_STANDING = COLUMN_FIGURES + FIGURE_COUNT,
    COLUMN_COUNT,
};

static const char *const column_names[COLUMN_COUNT] = {
    "as_of",    "code",    "level", "registered", "voted", "remaining", "percent", "communes_complete",
    "communes", "standing"};

enum { CHECKPOINTS_BYTES_MAX = 1024 * 1024, VOTERS_OF_ALL_MAX = 2000000000 };

/* "99.38", "97.8" or "100" as hundredths. */
static bool read_percent(struct slice cell, uint64_t *ret_hundredths)
{
    struct slice rest = cell;
    struct slice whole = text_split(&rest, '.');
    bool has_fraction = rest.bytes != NULL;
    uint64_t units;
    uint64_t fraction = 0;
    if (!text_parse_unsigned(whole, 100, &units) ||
        (has_fraction && !text_parse_unsigned(rest, 99, &fraction)) || rest.length > 2) {
        return false;
    }
    *ret_hundredths = units * 100 + (rest.length == 1 ? fraction * 10 : fraction);
    return *ret_hundredths <= PERCENT_ALL;
}

/* Fills *ret_checkpoint from a row, or returns the invalid column. */
static enum column read_row(const struct csv_row *row, const struct election_register *reg,
                            struct checkpoint *ret_checkpoint)
{
    struct checkpoint_figures *published = &ret_checkpoint->published;
    ret_checkpoint->line = row->line;
    if (!rfc3339_parse(row->cells[COLUMN_AS_OF], &ret_checkpoint->as_of, NULL)) {
        return COLUMN_AS_OF;
    }
    ret_checkpoint->area = register_find_area(reg, row->cells[COLUMN_CODE]);
    if (ret_checkpoint->area == REGISTER_NONE) {
        return COLUMN_CODE;
    }
    if (!slice_equals(row->cells[COLUMN_LEVEL], area_level_name(reg->areas[ret_checkpoint->area].level))) {
        return COLUMN_LEVEL;
    }
    for (enum column column = COLUMN_FIGURES; column < COLUMN_STANDING; column++) {
        struct slice cell = row->cells[column];
        bool is_percent = column == COLUMN_FIGURES + FIGURE_PERCENT;
        uint64_t figure;
        if (cell.length == 0) {
            published->of[column - COLUMN_FIGURES] = FIGURE_UNPUBLISHED;
        } else if (is_percent ? read_percent(cell, &figure)
                              : text_parse_unsigned(cell, VOTERS_OF_ALL_MAX, &figure)) {
            published->of[column - COLUMN_FIGURES] = (int64_t)figure;
        } else {
            return column;
        }
    }
    return COLUMN_COUNT;
}

static enum turnout_error check_header(const char *path, const struct csv_row *row, struct error *error)
{
    for (uint32_t i = 0; i < COLUMN_COUNT; i++) {
        if (i >= row->cell_count || !slice_equals(row->cells[i], column_names[i])) {
            return error_fail(error, TURNOUT_BAD_INPUT, column_names[i],
                              "%s:%u: column %u must be headed \"%s\"", path, row->line, i + 1,
                              column_names[i]);
        }
    }
    return TURNOUT_OK;
}

static enum turnout_error add_row(const char *path, const struct csv_row *row,
                                  const struct election_register *reg, struct checkpoints *checkpoints,
                                  struct error *error)
{
    if (row->cell_count != COLUMN_COUNT) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "%s:%u: has %u cells, needs %d", path, row->line,
                          row->cell_count, COLUMN_COUNT);
    }
    struct checkpoint checkpoint = {0};
    enum column wrong = read_row(row, reg, &checkpoint);
    if (wrong != COLUMN_COUNT) {
        struct slice cell = row->cells[wrong];
        return error_fail(error, TURNOUT_BAD_INPUT, column_names[wrong], "%s:%u: \"%.*s\" cannot be its %s",
                          path, row->line, (int)cell.length, cell.bytes, column_names[wrong]);
    }
    checkpoints->rows = memory_resize(checkpoints->rows, checkpoints->count + 1, sizeof checkpoints->rows[0]);
    checkpoints->rows[checkpoints->count++] = checkpoint;
    return TURNOUT_OK;
}

static int by_as_of_then_line(const void *left, const void *right)
{
    const struct checkpoint *a = left;
    const struct checkpoint *b = right;
    if (a->as_of != b->as_of) {
        return a->as_of < b->as_of ? -1 : 1;
    }
    return (a->line > b->line) - (a->line < b->line);
}

static enum turnout_error read_rows(const char *path, char *bytes, size_t length,
                                    const struct election_register *reg, struct checkpoints *checkpoints,
                                    struct error *error)
{
    struct csv_reader reader;
    struct csv_row row;
    struct error why;
    bool header_seen = false;
    csv_reader_init(&reader, bytes, length);
    for (;;) {
        enum csv_found found = csv_reader_next(&reader, &row, &why);
        if (found == CSV_BAD) {
            return error_fail(error, TURNOUT_BAD_INPUT, "", "%s:%u: %s", path, row.line, why.text);
        }
        if (found == CSV_END) {
            break;
        }
        enum turnout_error code =
            header_seen ? add_row(path, &row, reg, checkpoints, error) : check_header(path, &row, error);
        if (code != TURNOUT_OK) {
            return code;
        }
        header_seen = true;
    }
    if (checkpoints->count == 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "%s: has no checkpoints", path);
    }
    qsort(checkpoints->rows, checkpoints->count, sizeof checkpoints->rows[0], by_as_of_then_line);
    return TURNOUT_OK;
}

enum turnout_error checkpoints_read(const char *path, const struct election_register *reg,
                                    struct checkpoints *ret_checkpoints, struct error *error)
{
    char *bytes;
    size_t length;
    struct error why;
    enum turnout_error code = file_read(path, CHECKPOINTS_BYTES_MAX, &bytes, &length, &why);
    if (code != TURNOUT_OK) {
        return error_fail(error, code, "", "%s: %s", path, why.text);
    }
    struct checkpoints checkpoints = {0};
    code = read_rows(path, bytes, length, reg, &checkpoints, error);
    free(bytes);
    if (code != TURNOUT_OK) {
        checkpoints_done(&checkpoints);
        return code;
    }
    *ret_checkpoints = checkpoints;
    return TURNOUT_OK;
}

void checkpoints_done(struct checkpoints *checkpoints)
{
    free(checkpoints->rows);
    *checkpoints = (struct checkpoints){0};
}

static bool read_figure(const json_t *value, enum figure figure, int64_t *ret_figure)
{
    double number = json_number_value(value);
    if (json_is_null(value)) {
        *ret_figure = FIGURE_UNPUBLISHED;
    } else if (figure != FIGURE_PERCENT && json_is_integer(value)) {
        *ret_figure = json_integer_value(value);
    } else if (figure == FIGURE_PERCENT && json_is_number(value) && number >= 0 && number <= 100) {
        *ret_figure = (int64_t)(number * 100 + 0.5);
    } else {
        return false;
    }
    return true;
}

enum turnout_error checkpoint_figures_of_document(const json_t *area, struct checkpoint_figures *ret_figures,
                                                  struct error *error)
{
    struct checkpoint_figures figures;
    for (enum figure figure = 0; figure < FIGURE_COUNT; figure++) {
        const char *key = column_names[COLUMN_FIGURES + figure];
        if (!read_figure(json_object_get(area, key), figure, &figures.of[figure])) {
            return error_fail(error, TURNOUT_BAD_INPUT, key, "no %s in the served area",
                              figure == FIGURE_PERCENT ? "percentage" : "whole number");
        }
    }
    *ret_figures = figures;
    return TURNOUT_OK;
}

bool checkpoint_holds(const struct checkpoint *checkpoint, const struct checkpoint_figures *got)
{
    for (enum figure figure = 0; figure < FIGURE_COUNT; figure++) {
        int64_t published = checkpoint->published.of[figure];
        if (published != FIGURE_UNPUBLISHED && published != got->of[figure]) {
            return false;
        }
    }
    return true;
}

void checkpoint_write_figures(struct buffer *out, const struct checkpoint *checkpoint,
                              const struct checkpoint_figures *figures)
{
    static const char *const words[FIGURE_COUNT] = {"registered",        "voted",   "remaining", NULL,
                                                    "communes complete", "communes"};
    const char *separator = "";
    for (enum figure figure = 0; figure < FIGURE_COUNT; figure++) {
        if (figure != FIGURE_PERCENT && checkpoint->published.of[figure] != FIGURE_UNPUBLISHED) {
            buffer_printf(out, "%s%s %lld", separator, words[figure], (long long)figures->of[figure]);
            separator = ", ";
        }
    }
    if (checkpoint->published.of[FIGURE_PERCENT] != FIGURE_UNPUBLISHED) {
        char percent[PERCENT_TEXT_BYTES];
        percent_format((int32_t)figures->of[FIGURE_PERCENT], percent);
        buffer_printf(out, "%s%s%%", separator, percent);
    }
}
