/* An election's folder: a sound one is read, and every fault in its tables is told with file and line. */
#include <turnout/store/election_folder.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "election_files.h"
#include "suite.h"

FIXTURE(make_folder, remove_folder);

TEST(a_sound_folder_is_read)
{
    struct election_folder folder = read_sound_folder();
    const struct election *election = &folder.election;
    ck_assert_str_eq(election->id, "test-1");
    ck_assert_str_eq(election->name, "Bầu cử");
    ck_assert_str_eq(election->name_en, "");
    ck_assert_str_eq(election->date, "2026-03-15");
    ck_assert_str_eq(election->timezone, "Asia/Ho_Chi_Minh");
    ck_assert_int_eq(election->offset_s, 25200);
    ck_assert_int_eq(election->opens, 1773532800);  /* 2026-03-15T00:00:00Z */
    ck_assert_int_eq(election->closes, 1773583200); /* 14:00 */
    ck_assert_uint_eq(election->round_count, 3);
    ck_assert_int_eq(election->rounds[0], 1773540000);
    ck_assert_int_eq(election->rounds[1], 1773549000);
    ck_assert_int_eq(election->rounds[2], 1773579600);
    ck_assert_int_eq(election->rules.as_of_tolerance_s, 60);
    ck_assert_uint_eq(folder.reg->area_count, 4);
    ck_assert_uint_eq(folder.reg->unit_count, 2);
    ck_assert_int_eq(folder.reg->areas[REGISTER_NATION].registered, 1000);
    ck_assert_str_eq(folder.reg->areas[2].name, "Xã 1, Huế");
    election_folder_done(&folder);
    ck_assert_ptr_null(folder.reg);
}

TEST(the_digest_follows_the_register_and_its_rules)
{
    struct election_folder before = read_sound_folder();
    write_file("election.ini", ELECTION POLLS "rounds =\n" RULES,
               sizeof ELECTION POLLS "rounds =\n" RULES - 1);
    struct election_folder same = read_sound_folder();
    ck_assert_mem_eq(before.reg->digest, same.reg->digest, REGISTER_DIGEST_BYTES);
    write_file("election.ini", ELECTION POLLS "rounds =\n", sizeof ELECTION POLLS "rounds =\n" - 1);
    struct election_folder ruled = read_sound_folder();
    ck_assert_mem_ne(before.reg->digest, ruled.reg->digest, REGISTER_DIGEST_BYTES);
    static const char other_units[] =
        "code,commune,name,registered\n46-1-1,46-1,Một,901\n46-1-2,46-1,Hai,100\n";
    write_file("units.csv", other_units, sizeof other_units - 1);
    struct election_folder other = read_sound_folder();
    ck_assert_mem_ne(before.reg->digest, other.reg->digest, REGISTER_DIGEST_BYTES);
    election_folder_done(&before);
    election_folder_done(&same);
    election_folder_done(&ruled);
    election_folder_done(&other);
}

static const struct {
    const char *areas;
    const char *units;
    const char *faults;
} faulty_tables[] = {
    {"", sound_units, "areas.csv:1: : the file is empty;"},
    {sound_areas, "", "units.csv:1: : the file is empty;"},
    {"\n\n", sound_units,
     "areas.csv:1: : the first line must name the columns `code,level,parent,name,name_en`, in any order, "
     "and "
     "holds nothing;"},
    {"code,level,parent,name\n", sound_units,
     "areas.csv:1: : the first line names no column name_en, but \"code\", \"level\", \"parent\", \"name\";"},
    {"\ncode,level,parent,name,name_en,NAME\n", sound_units,
     "areas.csv:2: : the first line names the column name twice;"},
    {"\"code\n", "Codes,commune,name\n",
     "areas.csv:1: : a quote is opened and never closed;\n"
     "units.csv:1: : the first line names no column code, but \"Codes\","},
    {"code,level,parent,name,name_en\n", "code,commune,name,registered\n",
     "areas.csv:0: level: there is no nation;"},
    {sound_areas, "code,commune,name,registered\n", "units.csv:0: : there is no unit;"},
    {sound_areas, "code,commune,name,registered\nu,46-1,U\nv,46-1,V,1,x\nw,46-1,W,x\nx,46-3,X,1\n",
     "units.csv:2: : 3 cells instead of 4; put each cell below its column's name\n"
     "units.csv:3: : cell 5, \"x\", has no name above it;\n"
     "units.csv:4: registered: \"x\" is not a roll;\n"
     "units.csv:5: commune: no sound row of areas.csv has the code \"46-3\";"},
    {sound_areas,
     "code,commune,name,registered\nu,46-1,\"U,1\nv,46-1,V\"x,1\nw,46-1,\"W\n,W\",1\nw,46-1,W,1\n",
     "units.csv:3: : text follows a closing quote;\n"
     "units.csv:4: name: the name holds a control character or a line end;\n"
     "units.csv:6: code: w stands in units.csv line 4 already;"},
    {sound_areas, "code,commune,name,registered\r\n46,46-1,U,1\r\n",
     "units.csv:2: code: 46 stands in areas.csv line 3"},
};

LOOP_TEST(faults_of_the_tables_are_told, COUNT(faulty_tables))
{
    write_file("areas.csv", faulty_tables[_i].areas, strlen(faulty_tables[_i].areas));
    write_file("units.csv", faulty_tables[_i].units, strlen(faulty_tables[_i].units));
    expect_faults(faulty_tables[_i].faults);
}

TEST(files_that_are_not_there_are_told)
{
    remove_file("areas.csv");
    expect_faults("areas.csv:0: : cannot be opened: No such file or directory; write it, or make one with");
    remove_file("units.csv");
    remove_file("election.ini");
    expect_faults("election.ini:0: : cannot be opened: No such file or directory;\n"
                  "areas.csv:0: : cannot be opened: No such file or directory;\n"
                  "units.csv:0: : cannot be opened: No such file or directory;");
    char path[64];
    path_of("units.csv", path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    expect_faults("election.ini:0: : cannot be opened:\nareas.csv:0: : cannot be opened:\n"
                  "units.csv:0: : is not a regular file;");
    ck_assert_int_eq(rmdir(path), 0);
}

TEST(a_folder_that_is_not_there_is_told)
{
    struct election_folder folder;
    struct buffer faults = {0};
    struct error error;
    ck_assert_int_eq(election_folder_read("/nowhere/at/all", gather_fault, &faults, &folder, &error),
                     TURNOUT_NOT_FOUND);
    ck_assert_str_eq(error.text, "/nowhere/at/all: there is no such folder");
    char path[64];
    path_of("units.csv", path);
    ck_assert_int_eq(election_folder_read(path, gather_fault, &faults, &folder, &error), TURNOUT_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "units.csv: is not a folder"));
    ck_assert_uint_eq(faults.length, 0);
}

SUITE("election_folder");
