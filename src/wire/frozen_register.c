/* The register of a bulletin as text: areas.csv with one more column, the number of units. */
#include <turnout/wire/frozen_register.h>

#include <stdlib.h>
#include <string.h>

#include <turnout/base/limits.h>
#include <turnout/base/memory.h>
#include <turnout/wire/csv.h>

static const char title[] = "turnout-frozen-register-1";

enum { CELLS = 6 };

/* ---- writing ---- */

void frozen_register_write(struct buffer *out, const struct election_register *reg, bool is_durable)
{
    buffer_printf(out, "%s %s\n", title, is_durable ? "strict" : "relaxed");
    for (uint32_t i = 0; i < reg->area_count; i++) {
        const struct area *area = &reg->areas[i];
        const char *parent = area->parent == REGISTER_NONE ? "" : reg->areas[area->parent].code;
        buffer_printf(out, "%s,%s,%s,", area->code, area_level_name(area->level), parent);
        csv_write_cell(out, slice_of(area->name), ',');
        buffer_append_char(out, ',');
        csv_write_cell(out, slice_of(area->name_en), ',');
        buffer_printf(out, ",%u\n", (unsigned)area->units);
    }
}

/* ---- reading ---- */

static void note_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)file;
    (void)line;
    (void)error;
    *(bool *)context = true;
}

/* Sets the number of units of each row. The register has the communes in the order of the text. */
static bool set_units(struct election_register *reg, const uint32_t *units, uint32_t count)
{
    if (reg->area_count != count) {
        return false;
    }
    for (uint32_t i = reg->province_count + 1; i < count; i++) {
        reg->areas[i].units = units[i];
    }
    for (uint32_t i = reg->area_count - 1; i > REGISTER_NATION; i--) {
        reg->areas[reg->areas[i].parent].units += reg->areas[i].units;
    }
    return true;
}

/* False when a row is invalid. */
static bool read_rows(struct csv_reader *reader, struct register_builder *builder, uint32_t **ret_units,
                      uint32_t *ret_count)
{
    struct csv_row row;
    struct error error;
    uint32_t *units = NULL;
    uint32_t count = 0;
    enum csv_found found;
    while ((found = csv_reader_next(reader, &row, &error)) == CSV_ROW) {
        int64_t number;
        if (row.cell_count != CELLS || !text_parse_integer(row.cells[5], 0, UNITS_MAX, &number)) {
            break;
        }
        register_builder_add_area(builder, row.line, row.cells[0], row.cells[1], row.cells[2], row.cells[3],
                                  row.cells[4]);
        units = memory_resize(units, count + 1, sizeof *units);
        units[count++] = (uint32_t)number;
    }
    *ret_units = units;
    *ret_count = count;
    return found == CSV_END;
}

struct election_register *frozen_register_read(struct slice text, bool *ret_is_durable)
{
    struct slice rest = text;
    struct slice head = text_split(&rest, '\n');
    bool is_faulty = !slice_equals(text_split(&head, ' '), title);
    bool is_durable = slice_equals(head, "strict");
    if (is_faulty || rest.length == 0) {
        return NULL;
    }
    struct register_builder *builder = register_builder_new(note_fault, &is_faulty);
    struct buffer bytes = {0};
    struct csv_reader reader;
    uint32_t *units;
    uint32_t count;
    buffer_append(&bytes, rest.bytes, rest.length);
    csv_reader_init(&reader, bytes.bytes, bytes.length);
    is_faulty = !read_rows(&reader, builder, &units, &count) || is_faulty;
    struct election_register *reg = is_faulty ? NULL : register_builder_finish(builder);
    if (reg != NULL && !set_units(reg, units, count)) {
        register_release(reg);
        reg = NULL;
    }
    register_builder_free(builder);
    buffer_done(&bytes);
    free(units);
    *ret_is_durable = is_durable;
    return reg;
}
