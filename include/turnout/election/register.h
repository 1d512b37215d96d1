/* The register: the tree nation > province > commune > unit, with every unit's roll at the opening of the polls.
 * Built once from rows, then immutable and shared by all threads by reference: a changed register can replace it
 * while the old one is in use.
 *
 * Areas (nation, provinces, communes) are in one array: the nation at 0, then the provinces in the order given, then
 * the communes grouped by province. Units are in another, grouped by commune. So the children of an area are always a
 * range. A million units take about 70 MiB.
 *
 * (`register` alone is a keyword of C, hence the struct's longer name.) */
#ifndef TURNOUT_ELECTION_REGISTER_H
#define TURNOUT_ELECTION_REGISTER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/faults.h>
#include <turnout/base/text.h>

enum area_level { AREA_NATION, AREA_PROVINCE, AREA_COMMUNE };

enum { REGISTER_NATION = 0 };    /* index of the nation */
#define REGISTER_NONE UINT32_MAX /* "no such area", "no such unit" */

struct area {
    const char *code; /* owned by the register, as are the names */
    const char *name;
    const char *name_en; /* "" when there is none */
    enum area_level level;
    uint32_t parent;      /* index; REGISTER_NONE for the nation */
    uint32_t first_child; /* of a nation or province: index of an area; of a commune: index of a unit */
    uint32_t children;
    uint32_t communes;  /* in it; 1 for a commune */
    uint32_t units;     /* in it */
    int64_t registered; /* sum of its units' rolls as listed */
};

struct unit {
    const char *code;
    const char *name;
    uint32_t commune;    /* index of an area */
    uint32_t registered; /* the roll as listed */
    const char *contact; /* such as a telephone number, for committees only; "" when there is none */
};

enum { REGISTER_DIGEST_BYTES = 32, REGISTER_FILES_BYTES = 96 };

struct election_register {
    _Atomic uint32_t references; /* private */
    struct area *areas;
    uint32_t area_count;
    uint32_t province_count; /* areas[1] .. areas[province_count] */
    struct unit *units;
    uint32_t unit_count;
    /* See wire/register_digest.h; zeroed until the reader of the files fills them in. */
    unsigned char digest[REGISTER_DIGEST_BYTES];
    char files[REGISTER_FILES_BYTES];
    struct register_index *index; /* private */
    struct register_text *text;   /* private: the strings */
};

struct register_builder;

/* `on_fault` is called for each fault as it is found, with the line that the caller gave for the row. Its context
 * must outlive the builder. */
struct register_builder *register_builder_new(fault_fn *on_fault, void *context);
void register_builder_free(struct register_builder *builder);

/* One row of areas.csv: code, level (nation, province, commune), parent (empty for the nation), name, name_en. Rows
 * may come in any order. Borrows the slices for the call. */
void register_builder_add_area(struct register_builder *builder, uint32_t line, struct slice code,
                               struct slice level, struct slice parent, struct slice name,
                               struct slice name_en);

/* One row of units.csv: code, commune, name, registered. */
void register_builder_add_unit(struct register_builder *builder, uint32_t line, struct slice code,
                               struct slice commune, struct slice name, struct slice registered);

/* The contact of the unit added last, from the same row. May be empty. */
void register_builder_add_contact(struct register_builder *builder, uint32_t line, struct slice contact);

/* Checks the whole (one nation, every parent exists and is of the level above, every code unique, every unit in a
 * commune) and builds the register. NULL after any fault, here or in a row; all faults have been reported then. The
 * caller holds the first reference. Afterwards the builder can only be freed. */
struct election_register *register_builder_finish(struct register_builder *builder);

/* Thread-safe. */
void register_acquire(struct election_register *reg);
void register_release(struct election_register *reg); /* NULL-safe */

/* REGISTER_NONE when there is none. Constant time on average. */
uint32_t register_find_area(const struct election_register *reg, struct slice code);
uint32_t register_find_unit(const struct election_register *reg, struct slice code);

/* Whether `inner` is the area or lies in it. */
bool register_area_contains(const struct election_register *reg, uint32_t area, uint32_t inner);

/* The province (index) that an area lies in; the nation has none. */
uint32_t register_province_of(const struct election_register *reg, uint32_t area);

/* The index of the first unit of a province. The units of its communes are contiguous. */
uint32_t register_first_unit(const struct election_register *reg, uint32_t province);

/* "nation", "province", "commune". */
const char *area_level_name(enum area_level level);

#endif
