/* The two small tables that `turnout register make` expands: provinces.csv and communes.csv. */
#ifndef TURNOUT_COMMAND_REGISTER_TABLES_H
#define TURNOUT_COMMAND_REGISTER_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>

enum {
    UNIT_REGISTERED_LEAST = 100,
    UNIT_REGISTERED_MOST = 3000,
    COMMUNE_UNITS_MOST = 150,
    PROVINCE_CODE_BYTES_MAX = 16, /* so that the codes made from it are valid */
};

/* A row of provinces.csv: a province and its totals. */
struct province_row {
    uint32_t line;
    struct slice code; /* slices borrow the tables' bytes */
    struct slice name;
    struct slice name_en;
    uint32_t communes;
    uint32_t units;
    int64_t registered;
};

#define UNITS_DRAWN UINT32_MAX /* the number of units is not given */

/* A row of communes.csv: a commune with its real code. */
struct commune_row {
    struct slice code;
    struct slice province;
    uint32_t units; /* or UNITS_DRAWN */
};

struct register_tables {
    struct province_row *provinces;
    uint32_t province_count;
    struct commune_row *communes;
    uint32_t commune_count;
    char *province_bytes; /* what the slices borrow */
    char *commune_bytes;
};

/* Reads both and checks that they are consistent: every province's communes have room for its units, and the units
 * for its voters. The error names file and line. register_tables_done() frees what is held. */
enum turnout_error register_tables_read(const char *folder, struct register_tables *ret_tables,
                                        struct error *error);
bool commune_row_is_of(const struct commune_row *commune, const struct province_row *province);
void register_tables_done(struct register_tables *tables);

#endif
