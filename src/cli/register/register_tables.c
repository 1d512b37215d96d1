/* Reads the tables from which a register is made. They are a page long and written by hand, so the first fault is
 * enough; the resulting register is checked like any other. */
#include "register/register_tables.h"

#include <stdlib.h>

#include <turnout/base/buffer.h>
#include <turnout/base/encoding.h>
#include <turnout/base/file.h>
#include <turnout/base/limits.h>
#include <turnout/base/memory.h>
#include <turnout/wire/csv_table.h>

static const char provinces_file[] = "provinces.csv";
static const char provinces_columns[] = "code,name,name_en,communes,units,registered";
static const char communes_file[] = "communes.csv";
static const char communes_columns[] = "code,province,units";

enum { TABLE_BYTES_MAX = 1024 * 1024 };

static enum turnout_error read_province(const struct csv_row *row, struct register_tables *tables,
                                        struct error *error)
{
    struct province_row province = {
        .line = row->line, .code = row->cells[0], .name = row->cells[1], .name_en = row->cells[2]};
    uint64_t communes;
    uint64_t units;
    uint64_t registered;
    if (!text_is_code(province.code) || province.code.length > PROVINCE_CODE_BYTES_MAX) {
        return error_fail(error, TURNOUT_BAD_INPUT, "code",
                          "%s:%u: the code must be 1 to %d of A-Z a-z 0-9 . _ -", provinces_file, row->line,
                          PROVINCE_CODE_BYTES_MAX);
    }
    if (!text_parse_unsigned(row->cells[3], COMMUNES_MAX, &communes) ||
        !text_parse_unsigned(row->cells[4], UNITS_MAX, &units) ||
        !text_parse_unsigned(row->cells[5], (uint64_t)UNITS_MAX * UNIT_REGISTERED_MOST, &registered)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "%s:%u: communes, units and registered must be whole numbers", provinces_file,
                          row->line);
    }
    province.communes = (uint32_t)communes;
    province.units = (uint32_t)units;
    province.registered = (int64_t)registered;
    tables->provinces =
        memory_resize(tables->provinces, tables->province_count + 1, sizeof *tables->provinces);
    tables->provinces[tables->province_count++] = province;
    return TURNOUT_OK;
}

static bool has_province(const struct register_tables *tables, struct slice code)
{
    for (uint32_t i = 0; i < tables->province_count; i++) {
        if (slices_equal(tables->provinces[i].code, code)) {
            return true;
        }
    }
    return false;
}

static enum turnout_error read_commune(const struct csv_row *row, struct register_tables *tables,
                                       struct error *error)
{
    struct commune_row commune = {.code = row->cells[0], .province = row->cells[1], .units = UNITS_DRAWN};
    uint64_t units;
    if (!text_is_code(commune.code) || commune.code.length > PROVINCE_CODE_BYTES_MAX) {
        return error_fail(error, TURNOUT_BAD_INPUT, "code",
                          "%s:%u: the code must be 1 to %d of A-Z a-z 0-9 . _ -", communes_file, row->line,
                          PROVINCE_CODE_BYTES_MAX);
    }
    if (!has_province(tables, commune.province)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "province", "%s:%u: no such province in %s",
                          communes_file, row->line, provinces_file);
    }
    if (row->cells[2].length > 0) {
        if (!text_parse_unsigned(row->cells[2], COMMUNE_UNITS_MOST, &units)) {
            return error_fail(error, TURNOUT_BAD_INPUT, "units",
                              "%s:%u: units must be a whole number from 0 to %d, or empty to be drawn",
                              communes_file, row->line, COMMUNE_UNITS_MOST);
        }
        commune.units = (uint32_t)units;
    }
    tables->communes = memory_resize(tables->communes, tables->commune_count + 1, sizeof *tables->communes);
    tables->communes[tables->commune_count++] = commune;
    return TURNOUT_OK;
}

struct table {
    const char *file;
    const char *columns;
    enum turnout_error (*read_row)(const struct csv_row *row, struct register_tables *tables,
                                   struct error *error);
};

static const struct table provinces_table = {provinces_file, provinces_columns, read_province};
static const struct table communes_table = {communes_file, communes_columns, read_commune};

/* `bytes` are kept: the rows' slices borrow them. */
static enum turnout_error read_rows(const struct table *table, char *bytes, size_t length,
                                    struct register_tables *tables, struct error *error)
{
    struct csv_table csv;
    struct error cause;
    if (csv_table_init(&csv, bytes, length, table->columns, "", &cause) != TURNOUT_OK) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "%s:%u: %s", table->file, csv.header_line,
                          cause.text);
    }
    for (;;) {
        struct csv_row row;
        enum csv_found found = csv_table_next(&csv, &row, &cause);
        if (found == CSV_END) {
            return TURNOUT_OK;
        }
        if (found == CSV_BAD) {
            return error_fail(error, TURNOUT_BAD_INPUT, "", "%s:%u: %s", table->file, row.line, cause.text);
        }
        enum turnout_error failed = table->read_row(&row, tables, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
}

static enum turnout_error read_table(const char *folder, const struct table *table,
                                     struct register_tables *tables, char **ret_bytes, struct error *error)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s", folder, table->file);
    size_t length;
    struct error cause;
    enum turnout_error failed = file_read(path.bytes, TABLE_BYTES_MAX, ret_bytes, &length, &cause);
    uint32_t line;
    if (failed == TURNOUT_OK) {
        failed = encoding_to_utf8(ret_bytes, &length, &line, &cause);
    }
    if (failed != TURNOUT_OK) {
        failed = error_fail(error, failed, "", "%s: %s", path.bytes, cause.text);
    } else {
        failed = read_rows(table, *ret_bytes, length, tables, error);
    }
    buffer_done(&path);
    return failed;
}

bool commune_row_is_of(const struct commune_row *commune, const struct province_row *province)
{
    return slices_equal(commune->province, province->code);
}

/* The communes with a drawn number of units must have room for the units that the others leave over. */
static enum turnout_error check_province(const struct register_tables *tables,
                                         const struct province_row *province, struct error *error)
{
    uint64_t free_communes = province->communes;
    uint64_t fixed_units = 0;
    uint32_t named = 0;
    for (uint32_t i = 0; i < tables->commune_count; i++) {
        const struct commune_row *commune = &tables->communes[i];
        if (commune_row_is_of(commune, province)) {
            named++;
            free_communes -= commune->units != UNITS_DRAWN;
            fixed_units += commune->units != UNITS_DRAWN ? commune->units : 0;
        }
    }
    if (named > province->communes) {
        return error_fail(error, TURNOUT_BAD_INPUT, "communes", "%s:%u: %u communes, but %s names %u",
                          provinces_file, province->line, province->communes, communes_file, named);
    }
    uint64_t least = fixed_units + free_communes;
    uint64_t most = fixed_units + free_communes * COMMUNE_UNITS_MOST;
    if (province->units < least || province->units > most) {
        return error_fail(error, TURNOUT_BAD_INPUT, "units",
                          "%s:%u: %u units do not fit %u communes of 1 to %d each", provinces_file,
                          province->line, province->units, province->communes, COMMUNE_UNITS_MOST);
    }
    int64_t units = province->units;
    if (province->registered < units * UNIT_REGISTERED_LEAST ||
        province->registered > units * UNIT_REGISTERED_MOST) {
        return error_fail(error, TURNOUT_BAD_INPUT, "registered",
                          "%s:%u: %lld registered do not fit %u units of %d to %d each", provinces_file,
                          province->line, (long long)province->registered, province->units,
                          UNIT_REGISTERED_LEAST, UNIT_REGISTERED_MOST);
    }
    return TURNOUT_OK;
}

enum turnout_error register_tables_read(const char *folder, struct register_tables *ret_tables,
                                        struct error *error)
{
    struct register_tables tables = {0};
    enum turnout_error failed = read_table(folder, &provinces_table, &tables, &tables.province_bytes, error);
    if (failed == TURNOUT_OK) {
        failed = read_table(folder, &communes_table, &tables, &tables.commune_bytes, error);
    }
    for (uint32_t i = 0; failed == TURNOUT_OK && i < tables.province_count; i++) {
        failed = check_province(&tables, &tables.provinces[i], error);
    }
    if (failed != TURNOUT_OK) {
        register_tables_done(&tables);
        return failed;
    }
    *ret_tables = tables;
    return TURNOUT_OK;
}

void register_tables_done(struct register_tables *tables)
{
    free(tables->provinces);
    free(tables->communes);
    free(tables->province_bytes);
    free(tables->commune_bytes);
    *tables = (struct register_tables){0};
}
