/* The register of config/elections/vn-2026: made, read back, and held against the table that it comes
 * from. */
#include "register/register_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>
#include <sodium.h>

#include <turnout/base/file.h>
#include <turnout/store/election_folder.h>
#include <turnout/wire/csv.h>

#include "commands.h"
#include "register/register_tables.h"
#include "suite.h"
#include "told_faults.h"

static const char source[] = TURNOUT_SOURCE_DIR "/config/elections/vn-2026";
/* Real communes, which are not part of the project: the test that wants them does without where they are
 * not. */
static const char real_communes[] = TURNOUT_SOURCE_DIR "/../shared/data/vn-2026/communes.csv";

/* BLAKE2b-256 of the register (register_digest.h). It may change with the way of drawing, and on purpose
 * only: a server that counts for this register would refuse the new one. */
static const char known_digest[] = "274796b1061cbb9b277c88da39e0a971f55874cb157cef253df4c446372a8584";

enum { FILE_BYTES_MAX = 8 * 1024 * 1024 };

static char folder[] = "/tmp/turnout-make-XXXXXX";
static const char *const made_files[] = {"areas.csv",       "units.csv",     "election.ini",
                                         "checkpoints.csv", "provinces.csv", "communes.csv"};

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

/* `name` below the test's folder. Borrowed until the next call. */
static const char *path_of(const char *name)
{
    static char path[128];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert(length > 0 && (size_t)length < sizeof path);
    return path;
}

static void remove_files(const char *below)
{
    for (size_t i = 0; i < sizeof made_files / sizeof made_files[0]; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s%s", below, made_files[i]);
        (void)unlink(path_of(name));
    }
}

static void remove_folder(void)
{
    remove_files("");
    remove_files("twice/");
    (void)rmdir(path_of("twice"));
    ck_assert_int_eq(rmdir(folder), 0);
}

static void make_into(const char *to)
{
    struct error error;
    enum turnout_error failed = register_make(source, to, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);
}

static struct election_folder make_and_read(void)
{
    make_into(folder);
    struct election_folder made;
    struct error error;
    ck_assert_int_eq(election_folder_read(folder, refuse_fault, NULL, &made, &error), TURNOUT_OK);
    return made;
}

FIXTURE(make_folder, remove_folder);
TIMEOUT(60);

TEST(it_sums_to_the_nation)
{
    struct election_folder made = make_and_read();
    const struct area *nation = &made.reg->areas[REGISTER_NATION];
    ck_assert_str_eq(nation->code, "VN");
    ck_assert_str_eq(nation->name, "Việt Nam");
    ck_assert_str_eq(nation->name_en, "Viet Nam");
    ck_assert_uint_eq(nation->children, 34);
    ck_assert_uint_eq(nation->communes, 3321);
    ck_assert_uint_eq(nation->units, 72195);
    ck_assert_int_eq(nation->registered, 76516637);
    ck_assert_str_eq(made.election.id, "vn-2026");
    ck_assert_uint_eq(made.election.round_count, 8);
    election_folder_done(&made);
}

TEST(every_province_is_as_in_the_table)
{
    struct election_folder made = make_and_read();
    struct register_tables tables;
    struct error error;
    ck_assert_int_eq(register_tables_read(source, &tables, &error), TURNOUT_OK);
    ck_assert_uint_eq(tables.province_count, made.reg->province_count);
    for (uint32_t i = 0; i < tables.province_count; i++) {
        const struct province_row *row = &tables.provinces[i];
        const struct area *province = &made.reg->areas[1 + i];
        ck_assert(slice_equals(row->code, province->code));
        ck_assert(slice_equals(row->name, province->name));
        ck_assert(slice_equals(row->name_en, province->name_en));
        ck_assert_uint_eq(province->communes, row->communes);
        ck_assert_uint_eq(province->units, row->units);
        ck_assert_int_eq(province->registered, row->registered);
    }
    register_tables_done(&tables);
    election_folder_done(&made);
}

TEST(units_differ_as_real_ones_do)
{
    struct election_folder made = make_and_read();
    uint32_t below_500 = 0;
    uint32_t above_2000 = 0;
    uint32_t at_a_bound = 0;
    uint32_t smallest = UINT32_MAX;
    for (uint32_t i = 0; i < made.reg->unit_count; i++) {
        uint32_t registered = made.reg->units[i].registered;
        ck_assert_uint_ge(registered, 100);
        ck_assert_uint_le(registered, 3000);
        below_500 += registered < 500;
        above_2000 += registered > 2000;
        at_a_bound += registered == 100 || registered == 3000;
        smallest = registered < smallest ? registered : smallest;
    }
    ck_assert_uint_lt(smallest, 150);
    ck_assert_uint_gt(below_500, made.reg->unit_count / 20);
    ck_assert_uint_gt(above_2000, made.reg->unit_count / 50);
    ck_assert_uint_lt(at_a_bound, made.reg->unit_count / 1000);
    election_folder_done(&made);
}

TEST(communes_differ_and_one_has_no_unit)
{
    struct election_folder made = make_and_read();
    uint32_t without_unit = 0;
    uint32_t most = 0;
    for (uint32_t i = 1 + made.reg->province_count; i < made.reg->area_count; i++) {
        without_unit += made.reg->areas[i].units == 0;
        most = made.reg->areas[i].units > most ? made.reg->areas[i].units : most;
    }
    ck_assert_uint_eq(without_unit, 1);
    ck_assert_uint_gt(most, 100);
    ck_assert_uint_le(most, 150);

    static const struct {
        const char *code, *province;
        bool has_units;
    } named[] = {{"19753", "46", true},
                 {"19789", "46", true},
                 {"20050", "46", true},
                 {"20333", "48", false},
                 {"46-017", "46", true}};
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        uint32_t at = register_find_area(made.reg, slice_of(named[i].code));
        ck_assert_uint_ne(at, REGISTER_NONE);
        ck_assert_str_eq(made.reg->areas[made.reg->areas[at].parent].code, named[i].province);
        ck_assert_int_eq(made.reg->areas[at].units > 0, named[i].has_units);
    }
    uint32_t numbered = register_find_area(made.reg, slice_of("46-017"));
    ck_assert_str_eq(made.reg->areas[numbered].name, "Xã 17, Huế");
    ck_assert_str_eq(made.reg->areas[numbered].name_en, "Commune 17, Hue");
    uint32_t unit = register_find_unit(made.reg, slice_of("46-017-003"));
    ck_assert_uint_ne(unit, REGISTER_NONE);
    ck_assert_uint_eq(made.reg->units[unit].commune, numbered);
    ck_assert_str_eq(made.reg->units[unit].name, "Tổ bầu cử số 3");
    election_folder_done(&made);
}

static void read_made(const char *name, char **ret_bytes, size_t *ret_length)
{
    struct error error;
    enum turnout_error failed = file_read(path_of(name), FILE_BYTES_MAX, ret_bytes, ret_length, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s: %s", name, error.text);
}

TEST(it_is_the_same_every_time)
{
    struct election_folder made = make_and_read();
    char hex[2 * REGISTER_DIGEST_BYTES + 1];
    ck_assert_ptr_nonnull(sodium_bin2hex(hex, sizeof hex, made.reg->digest, REGISTER_DIGEST_BYTES));
    ck_assert_str_eq(hex, known_digest);
    election_folder_done(&made);

    make_into(path_of("twice"));
    static const char *const pairs[][2] = {{"areas.csv", "twice/areas.csv"},
                                           {"units.csv", "twice/units.csv"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *first;
        char *second;
        size_t first_length;
        size_t second_length;
        read_made(pairs[i][0], &first, &first_length);
        read_made(pairs[i][1], &second, &second_length);
        ck_assert_uint_eq(first_length, second_length);
        ck_assert_mem_eq(first, second, first_length);
        free(first);
        free(second);
    }
}

/* Of a province in a table of one's own. */
#define PROVINCES "code,name,name_en,kind,communes,units,registered,registered_source,tile_row,tile_col\n"
#define COMMUNES  "code,province,units\n"

static void write_made(const char *name, const char *content)
{
    struct error error;
    ck_assert_int_eq(file_write(path_of(name), content, strlen(content), &error), TURNOUT_OK);
}

static void write_tables(const char *provinces, const char *communes)
{
    write_made("provinces.csv", provinces);
    write_made("communes.csv", communes);
}

/* The edges of what can be drawn: provinces at their smallest and largest, and nothing to draw at all. */
static const struct {
    const char *provinces, *communes;
} edges[] = {
    {PROVINCES "p,P,P,,1,1,100,,,\n", COMMUNES},
    {PROVINCES "p,P,P,,1,1,3000,,,\n", COMMUNES},
    {PROVINCES "p,P,P,,2,300,30000,,,\n", COMMUNES},
    {PROVINCES "p,P,P,,2,300,900000,,,\n", COMMUNES},
    {PROVINCES "p,P,P,,2,3,3001,,,\n", COMMUNES "x,p,0\n"},
    {PROVINCES "p,P,P,,0,0,0,,,\nq,Q,Q,,1,1,777,,,\n", COMMUNES},
    {PROVINCES "0123456789abcdef,P,P,,1000,1000,2999999,,,\n", COMMUNES},
};

LOOP_TEST(tables_at_their_edges_come_out_exactly, COUNT(edges))
{
    write_tables(edges[_i].provinces, edges[_i].communes);
    char *ini;
    size_t length;
    struct error error;
    ck_assert_int_eq(file_read(TURNOUT_SOURCE_DIR "/config/elections/vn-2026/election.ini", FILE_BYTES_MAX,
                               &ini, &length, &error),
                     TURNOUT_OK);
    write_made("election.ini", ini);
    free(ini);
    enum turnout_error failed = register_make(folder, folder, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);

    struct election_folder made;
    ck_assert_int_eq(election_folder_read(folder, refuse_fault, NULL, &made, &error), TURNOUT_OK);
    struct register_tables tables;
    ck_assert_int_eq(register_tables_read(folder, &tables, &error), TURNOUT_OK);
    for (uint32_t i = 0; i < tables.province_count; i++) {
        const struct area *province = &made.reg->areas[1 + i];
        ck_assert_uint_eq(province->communes, tables.provinces[i].communes);
        ck_assert_uint_eq(province->units, tables.provinces[i].units);
        ck_assert_int_eq(province->registered, tables.provinces[i].registered);
    }
    register_tables_done(&tables);
    election_folder_done(&made);
}

static const struct {
    const char *provinces, *communes, *text;
} faulty[] = {
    {"", COMMUNES, "provinces.csv:1: the first line must name the columns `code,name,"},
    {COMMUNES, COMMUNES, "provinces.csv:1: the first line names no column name, but "},
    {PROVINCES "p,P,P\n", COMMUNES, "provinces.csv:2: 3 cells instead of 10"},
    {PROVINCES "p,\"P,P,,1,1,100,,,\n", COMMUNES, "provinces.csv:2: a quote is opened and never closed"},
    {PROVINCES "p q,P,P,,1,1,100,,,\n", COMMUNES, "provinces.csv:2: the code must be 1 to 16 of"},
    {PROVINCES "0123456789abcdefg,P,P,,1,1,100,,,\n", COMMUNES,
     "provinces.csv:2: the code must be 1 to 16 of"},
    {PROVINCES "p,P,P,,1,1,100,,,\np,P,P,,x,1,100,,,\n", COMMUNES,
     "provinces.csv:3: communes, units and registered"},
    {PROVINCES "p,P,P,,1,-1,100,,,\n", COMMUNES, "provinces.csv:2: communes, units and registered"},
    {PROVINCES "p,P,P,,1,1,99,,,\n", COMMUNES,
     "provinces.csv:2: 99 registered do not fit 1 units of 100 to 3000"},
    {PROVINCES "p,P,P,,1,1,3001,,,\n", COMMUNES, "provinces.csv:2: 3001 registered do not fit 1 units"},
    {PROVINCES "p,P,P,,2,1,100,,,\n", COMMUNES, "provinces.csv:2: 1 units do not fit 2 communes of 1 to 150"},
    {PROVINCES "p,P,P,,2,301,301000,,,\n", COMMUNES, "provinces.csv:2: 301 units do not fit 2 communes"},
    {PROVINCES "p,P,P,,0,1,1000,,,\n", COMMUNES, "provinces.csv:2: 1 units do not fit 0 communes"},
    {PROVINCES "p,P,P,,1,1,1000,,,\n", COMMUNES "x,p,1\ny,p,\n",
     "provinces.csv:2: 1 communes, but communes.csv names 2"},
    {PROVINCES "p,P,P,,2,5,5000,,,\n", COMMUNES "x,p,5\n", "provinces.csv:2: 5 units do not fit 2 communes"},
    {PROVINCES, COMMUNES "x,p,1\n", "communes.csv:2: no such province in provinces.csv"},
    {PROVINCES "p,P,P,,1,1,1000,,,\n", COMMUNES "x,p,151\n",
     "communes.csv:2: units must be a whole number from 0 to 150"},
    {PROVINCES "p,P,P,,1,1,1000,,,\n", COMMUNES "x y,p,1\n", "communes.csv:2: the code must be"},
    {PROVINCES "p,P,P,,1,1,1000,,,\n", "",
     "communes.csv:1: the first line must name the columns `code,province,units`"},
};

LOOP_TEST(faults_of_the_tables_are_told, COUNT(faulty))
{
    write_tables(faulty[_i].provinces, faulty[_i].communes);
    struct error error;
    ck_assert_int_eq(register_make(folder, path_of("twice"), &error), TURNOUT_BAD_INPUT);
    ck_assert_msg(strncmp(error.text, faulty[_i].text, strlen(faulty[_i].text)) == 0, "%s", error.text);
    ck_assert_int_ne(access(path_of("twice"), F_OK), 0); /* nothing was begun */
}

TEST(what_cannot_be_written_is_told)
{
    struct error error;
    ck_assert_int_eq(register_make(folder, folder, &error), TURNOUT_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(error.text, "/provinces.csv: cannot be opened: No such file or directory"));
    ck_assert_int_eq(register_make(source, path_of("no/where"), &error), TURNOUT_SYSTEM);
    ck_assert_ptr_nonnull(strstr(error.text, "/no/where: cannot be made: No such file or directory"));
    write_tables(PROVINCES "p,P,P,,1,1,100,,,\n", COMMUNES);
    ck_assert_int_eq(register_make(folder, path_of("twice"), &error), TURNOUT_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(error.text, "/election.ini: cannot be opened: No such file or directory"));
}

TEST(the_command_tells_by_its_exit_status)
{
    char name[] = "turnout";
    char group[] = "register";
    char make[] = "make";
    char check[] = "check";
    char from[sizeof source];
    memcpy(from, source, sizeof source);
    ck_assert_int_eq(commands_run(5, (char *[]){name, group, make, from, folder, NULL}, ""), 0);
    ck_assert_int_eq(commands_run(4, (char *[]){name, group, check, folder, NULL}, ""), 0);
    write_made("units.csv", "code,commune,name,registered\nu,none,U,x\n");
    ck_assert_int_eq(commands_run(4, (char *[]){name, group, check, folder, NULL}, ""), 2);
    ck_assert_int_eq(commands_run(4, (char *[]){name, group, make, folder, NULL}, ""),
                     2); /* no table there */
    ck_assert_int_eq(commands_run(2, (char *[]){name, group, NULL}, ""), 2);
    ck_assert_int_eq(commands_run(3, (char *[]){name, group, check, NULL}, ""), 2);
    ck_assert_int_eq(commands_run(5, (char *[]){name, group, check, folder, folder, NULL}, ""), 2);
}

/* The numbers of communes in provinces.csv are those of the real list, and so are the codes in
 * communes.csv. */
TEST(the_table_agrees_with_the_real_communes)
{
    char *bytes;
    size_t length;
    struct error error;
    if (file_read(real_communes, FILE_BYTES_MAX, &bytes, &length, &error) != TURNOUT_OK) {
        (void)printf("skipped: the list of the real communes %s\n", error.text);
        return;
    }
    struct register_tables tables;
    ck_assert_int_eq(register_tables_read(source, &tables, &error), TURNOUT_OK);
    uint32_t found = 0;
    struct csv_reader csv;
    csv_reader_init(&csv, bytes, length);
    struct csv_row row;
    ck_assert_int_eq(csv_reader_next(&csv, &row, &error), CSV_ROW);
    ck_assert_uint_ge(row.cell_count, 2);
    ck_assert(slice_equals(row.cells[0], "code") && slice_equals(row.cells[1], "province"));
    while (csv_reader_next(&csv, &row, &error) == CSV_ROW) {
        struct commune_row commune = {.code = row.cells[0], .province = row.cells[1]};
        for (uint32_t i = 0; i < tables.province_count; i++) {
            tables.provinces[i].communes -= commune_row_is_of(&commune, &tables.provinces[i]);
        }
        for (uint32_t i = 0; i < tables.commune_count; i++) {
            const struct commune_row *named = &tables.communes[i];
            found += named->code.length == commune.code.length &&
                     memcmp(named->code.bytes, commune.code.bytes, commune.code.length) == 0 &&
                     named->province.length == commune.province.length &&
                     memcmp(named->province.bytes, commune.province.bytes, commune.province.length) == 0;
        }
    }
    for (uint32_t i = 0; i < tables.province_count; i++) {
        ck_assert_uint_eq(tables.provinces[i].communes, 0);
    }
    ck_assert_uint_eq(found, tables.commune_count);
    register_tables_done(&tables);
    free(bytes);
}

SUITE("register_make");
