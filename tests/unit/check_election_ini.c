/* election.ini in an election's folder: what it says is read, and every fault in it is told with its line. */
#include <turnout/store/election_folder.h>

#include <string.h>

#include <check.h>

#include <turnout/base/rfc3339.h>

#include "election_files.h"
#include "suite.h"

#define TWO_DAYS                                                                                             \
    "opens = 2026-03-15T07:00:00+07:00\n"                                                                    \
    "closes = 2026-03-16T17:00:00+07:00\n"

FIXTURE(make_folder, remove_folder);

static const char *const two_days_of_rounds[] = {
    ELECTION TWO_DAYS "rounds = 09:00 20:00 2026-03-16T08:00 17:00\n",
    ELECTION TWO_DAYS "rounds = 2026-03-15 09:00 20:00 2026-03-16  08:00 17:00\n",
    ELECTION TWO_DAYS "rounds = 2026-03-15T09:00 2026-03-15T20:00 2026-03-16T08:00 2026-03-16T17:00\n",
};

LOOP_TEST(polls_may_be_open_for_several_days, COUNT(two_days_of_rounds))
{
    const char *ini = two_days_of_rounds[_i];
    static const char *const rounds[] = {"2026-03-15T09:00:00+07:00", "2026-03-15T20:00:00+07:00",
                                         "2026-03-16T08:00:00+07:00", "2026-03-16T17:00:00+07:00"};
    write_file("election.ini", ini, strlen(ini));
    struct election_folder folder = read_sound_folder();
    ck_assert_uint_eq(folder.election.round_count, COUNT(rounds));
    for (size_t i = 0; i < COUNT(rounds); i++) {
        char text[RFC3339_BYTES];
        rfc3339_format(folder.election.rounds[i], folder.election.offset_s, text);
        ck_assert_str_eq(text, rounds[i]);
    }
    ck_assert_int_eq(folder.election.closes - folder.election.opens, 34 * 3600);
    election_folder_done(&folder);
}

TEST(what_may_be_left_out_may)
{
    static const char ini[] =
        "\xef\xbb\xbf; a comment\r\n\r\n" ELECTION "  name_en : Election  \n" POLLS "rounds =\n#x";
    write_file("election.ini", ini, sizeof ini - 1);
    struct election_folder folder = read_sound_folder();
    ck_assert_str_eq(folder.election.name_en, "Election");
    ck_assert_uint_eq(folder.election.round_count, 0);
    ck_assert_int_eq(folder.election.bulletin_delay_s, 0);
    ck_assert(!folder.election.hides_unit_figures);
    ck_assert_int_eq(folder.election.rules.as_of_tolerance_s, 120);
    ck_assert_int_eq(folder.election.rules.modes[RULE_ROLL_CHANGE], MODE_HOLD);
    ck_assert_int_eq(folder.election.rules.complete_not_before, folder.election.opens + 3600);
    election_folder_done(&folder);
}

TEST(what_bulletins_need_is_read)
{
    static const char ini[] = ELECTION POLLS ROUNDS "bulletin-delay-s = 14400\nunit-figures = committee\n";
    write_file("election.ini", ini, sizeof ini - 1);
    struct election_folder folder = read_sound_folder();
    ck_assert_int_eq(folder.election.bulletin_delay_s, 14400);
    ck_assert(folder.election.hides_unit_figures);
    election_folder_done(&folder);
}

TEST(words_for_readers_are_read)
{
    static const char ini[] = ELECTION POLLS ROUNDS "counted = cử tri đã bỏ phiếu\nhow-counted = by unit\n"
                                                    "licence = CC BY 4.0\n";
    write_file("election.ini", ini, sizeof ini - 1);
    struct election_folder folder = read_sound_folder();
    ck_assert_str_eq(folder.election.counted, "cử tri đã bỏ phiếu");
    ck_assert_str_eq(folder.election.how_counted, "by unit");
    ck_assert_str_eq(folder.election.licence, "CC BY 4.0");
    election_folder_done(&folder);
}

TEST(the_rules_are_read)
{
    static const char ini[] =
        ELECTION POLLS ROUNDS "[rules]\nover-roll = hold\njump = off\ncorrections = held\n"
                              "complete-not-before = 07:00\nvoters-an-hour = 900\n";
    write_file("election.ini", ini, sizeof ini - 1);
    struct election_folder folder = read_sound_folder();
    const struct rules *rules = &folder.election.rules;
    ck_assert_int_eq(rules->modes[RULE_OVER_ROLL], MODE_HOLD);
    ck_assert_int_eq(rules->modes[RULE_JUMP], MODE_OFF);
    ck_assert_int_eq(rules->modes[RULE_CORRECTIONS], MODE_HOLD);
    ck_assert_int_eq(rules->modes[RULE_DECREASE], MODE_REJECT);
    ck_assert_int_eq(rules->voters_an_hour, 900);
    ck_assert_int_eq(rules->complete_not_before, folder.election.opens);
    election_folder_done(&folder);
}

#define TEN     "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/* What is put in the place of the sound file, and how each fault told begins. */
static const struct {
    const char *ini;
    const char *faults;
} faulty_inis[] = {
    /* keys and sections */
    {"", "election.ini:1: : the file is empty;"},
    {"\n",
     "election.ini:0: id: is missing;\nelection.ini:0: name: is missing;\nelection.ini:0: date: is missing;\n"
     "election.ini:0: timezone: is missing;\nelection.ini:0: opens: is missing;\n"
     "election.ini:0: closes: is missing;\nelection.ini:0: rounds: is missing;"},
    {ELECTION POLLS, "election.ini:0: rounds: is missing; add it under [election]"},
    {ELECTION POLLS ROUNDS "id = test-2\n", "election.ini:9: id: stands in line 2 already;"},
    {ELECTION POLLS ROUNDS "Id = test-2\n", "election.ini:9: : [election] has no key \"Id\";"},
    {ELECTION POLLS ROUNDS "\n[rules]\nid = x\n", "election.ini:11: : [rules] has no key \"id\";"},
    {ELECTION POLLS ROUNDS "[rule]\nas-of-tolerance-s = 1\n",
     "election.ini:9: : there is no section [rule];"},
    {ELECTION POLLS ROUNDS "[rules\n", "election.ini:9: : the section's name is not closed;"},
    {"x = 1\n" ELECTION POLLS ROUNDS, "election.ini:1: : a key before any section;"},
    {ELECTION "  what\n" POLLS ROUNDS "is this\n",
     "election.ini:6: : neither a [section] nor a `key = value`;\n"
     "election.ini:10: : neither a [section] nor a `key = value`;"},
    {ELECTION POLLS ROUNDS "  id of a kind\n", "election.ini:9: : neither a [section] nor a `key = value`;"},
    /* values */
    {"[election]\nid = tést\nname = N\ndate = 2026-03-15\ntimezone = UTC\n" POLLS ROUNDS,
     "election.ini:2: id: the id"},
    {"[election]\nid =\nname = N\ndate = 2026-03-15\ntimezone = UTC\n" POLLS ROUNDS,
     "election.ini:2: id: the id"},
    {"[election]\nid = {x}\nname = N\ndate = 2026-03-15\ntimezone = UTC\n" POLLS ROUNDS,
     "election.ini:2: id: the id"},
    {"[election]\nid = t\nname =\ndate = 2026-03-15\ntimezone = UTC\n" POLLS ROUNDS,
     "election.ini:3: name: the name is empty;"},
    {"[election]\nid = t\nname = \xff\nname_en = a\x7f\ndate = 2026-03-15\ntimezone = UTC\n" POLLS ROUNDS,
     "election.ini:3: : the line is not UTF-8: the file was saved in a code page,"},
    {"[election]\nid = t\nname = T\nname_en = a\x7f\ndate = 2026-03-15\ntimezone = UTC\n" POLLS ROUNDS,
     "election.ini:4: name_en: the value holds a control character;"},
    {"[election]\nid = t\nname = N\ndate = 2026-02-29\ntimezone = UTC\n" POLLS ROUNDS,
     "election.ini:4: date: not a day of the calendar;"},
    {"[election]\nid = t\nname = N\ndate = 2026-03-15\ntimezone = Asia/Hồ\n" POLLS ROUNDS,
     "election.ini:5: timezone: not the name of a time zone;"},
    {"[election]\nid = t\nname = N\ndate = 2026-03-15\ntimezone =\n" POLLS ROUNDS,
     "election.ini:5: timezone: not the"},
    /* polls */
    {ELECTION "opens = 2026-03-15T07:00\ncloses = 21:00\n" ROUNDS,
     "election.ini:6: opens: not a moment;\nelection.ini:7: closes: not a moment;"},
    {ELECTION "opens = 2026-03-14T23:59:59+07:00\ncloses = 2026-03-15T21:00:00+07:00\n" ROUNDS,
     "election.ini:6: opens: the polls do not open on 2026-03-15;"},
    {ELECTION "opens = 2026-03-15T07:00:00+07:00\ncloses = 2027-03-15T21:00:00+07:00\n" ROUNDS,
     "election.ini:7: closes: more than 31 days after `opens`;"},
    {ELECTION "opens = 2026-03-15T07:00:00+07:00\ncloses = 2026-03-15T14:00:00Z\n" ROUNDS,
     "election.ini:7: closes: not the same offset from UTC as `opens`;"},
    {ELECTION "opens = 2026-03-15T07:00:00+07:00\ncloses = 2026-03-15T07:00:00+07:00\n" ROUNDS,
     "election.ini:7: closes: not later than `opens`;"},
    /* rounds */
    {ELECTION POLLS "rounds = 9:00\n", "election.ini:8: rounds: \"9:00\" is not a time of the day;"},
    {ELECTION POLLS "rounds = 09:00 24:00\n", "election.ini:8: rounds: \"24:00\" is not a time of the day;"},
    {ELECTION POLLS "rounds = 09:60\n", "election.ini:8: rounds: \"09:60\" is not a time of the day;"},
    {ELECTION POLLS "rounds = 09:00,10:00\n",
     "election.ini:8: rounds: \"09:00,10:00\" is not a time of the day;"},
    {ELECTION POLLS "rounds = 09:00 09:00\n",
     "election.ini:8: rounds: 2026-03-15T09:00 is not later than the round before it;"},
    {ELECTION POLLS "rounds = 11:00 09:00\n",
     "election.ini:8: rounds: 2026-03-15T09:00 is not later than the round before it;"},
    {ELECTION POLLS "rounds = 06:59 09:00\n",
     "election.ini:8: rounds: 2026-03-15T06:59 is before the polls open;"},
    {ELECTION POLLS "rounds = 2026-03-15T09:00 11:00 2026-03-15T10:00\n",
     "election.ini:8: rounds: 2026-03-15T10:00 is not later than the round before it;"},
    {ELECTION POLLS "rounds = 2026-03-14T09:00 11:00\n",
     "election.ini:8: rounds: 2026-03-14T09:00 is before the polls open;"},
    {ELECTION POLLS "rounds = 09:00 2026-03-16T09:00\n",
     "election.ini:8: rounds: 2026-03-16T09:00 is after the day on which the polls close;"},
    {ELECTION TWO_DAYS "rounds = 09:00 15:00 2026-03-17T00:00\n",
     "election.ini:8: rounds: 2026-03-17T00:00 is after the day on which the polls close;"},
    {ELECTION TWO_DAYS "rounds = 09:00 2026-02-30T09:00\n",
     "election.ini:8: rounds: \"2026-02-30T09:00\" is not a time of the day;"},
    {ELECTION TWO_DAYS "rounds = 09:00 2026-03-16 2026-03-16\n",
     "election.ini:8: rounds: \"2026-03-16\" is not a time of the day;"},
    {ELECTION TWO_DAYS "rounds = 09:00 2026-03-16T\n",
     "election.ini:8: rounds: \"2026-03-16T\" is not a time of the day;"},
    {ELECTION TWO_DAYS "rounds = 09:00 2026-03-16\n",
     "election.ini:8: rounds: \"2026-03-16\" is not a time of the day;"},
    /* bulletins */
    {ELECTION POLLS ROUNDS "bulletin-delay-s = 14401\nunit-figures = none\n",
     "election.ini:9: bulletin-delay-s: not a whole number of seconds from 0 to 14400;\n"
     "election.ini:10: unit-figures: neither public nor committee;"},
    {ELECTION POLLS ROUNDS "bulletin-delay-s =\nunit-figures =\n",
     "election.ini:9: bulletin-delay-s: not a whole number\nelection.ini:10: unit-figures: neither public"},
    {ELECTION POLLS ROUNDS "counted =\nhow-counted =\nlicence =\n",
     "election.ini:9: counted: the text is empty;\nelection.ini:10: how-counted: the text is empty;\n"
     "election.ini:11: licence: the text is empty;"},
    {ELECTION POLLS ROUNDS "licence = " HUNDRED HUNDRED HUNDRED "\n",
     "election.ini:9: licence: the text has 300 bytes; shorten it to at most 256"},
    /* rules */
    {ELECTION POLLS ROUNDS "[rules]\nas-of-tolerance-s = 86401\n",
     "election.ini:10: as-of-tolerance-s: not a number"},
    {ELECTION POLLS ROUNDS "[rules]\nas-of-tolerance-s = -1\n",
     "election.ini:10: as-of-tolerance-s: not a number"},
    {ELECTION POLLS ROUNDS "[rules]\nas-of-tolerance-s =\n",
     "election.ini:10: as-of-tolerance-s: not a number"},
    {ELECTION POLLS ROUNDS "[rules]\ndecrease = maybe\njump = reject\njump = off\n",
     "election.ini:10: decrease: not what may be done about a report;\n"
     "election.ini:12: jump: stands in line 11 already;"},
    {ELECTION POLLS ROUNDS "[rules]\nover-roll = flag\n", "election.ini:10: over-roll: more voters than"},
    {ELECTION POLLS ROUNDS "[rules]\ncorrections = hold\n", "election.ini:10: corrections: not what may"},
    {ELECTION POLLS ROUNDS "jump = off\n", "election.ini:9: : [election] has no key \"jump\";"},
    {ELECTION POLLS ROUNDS "[rules]\ncomplete-not-before = 8:00\n",
     "election.ini:10: complete-not-before: not a time of the day;"},
    {ELECTION POLLS ROUNDS "[rules]\ncomplete-not-before = 06:59\n",
     "election.ini:10: complete-not-before: before the polls open,"},
};

LOOP_TEST(faults_of_the_ini_are_told, COUNT(faulty_inis))
{
    write_file("election.ini", faulty_inis[_i].ini, strlen(faulty_inis[_i].ini));
    expect_faults(faulty_inis[_i].faults);
}

static void write_ini_with_name(const char *name)
{
    struct buffer ini = {0};
    buffer_printf(&ini, "[election]\nid = t\nname = %s\ndate = 2026-03-15\ntimezone = UTC\n" POLLS ROUNDS,
                  name);
    write_file("election.ini", ini.bytes, ini.length);
    buffer_done(&ini);
}

TEST(names_may_be_as_long_as_allowed)
{
    char name[1100];
    memset(name, 'n', sizeof name);
    name[NAME_BYTES_MAX] = '\0';
    write_ini_with_name(name);
    struct election_folder folder = read_sound_folder();
    ck_assert_str_eq(folder.election.name, name);
    election_folder_done(&folder);

    name[NAME_BYTES_MAX] = 'n';
    name[NAME_BYTES_MAX + 1] = '\0';
    write_ini_with_name(name);
    expect_faults("election.ini:3: name: the name has 257 bytes;");

    name[NAME_BYTES_MAX + 1] = 'n';
    name[sizeof name - 1] = '\0';
    write_ini_with_name(name);
    expect_faults("election.ini:3: name: the name has 1099 bytes;");
}

TEST(as_many_rounds_as_allowed)
{
    for (uint32_t rounds = ROUNDS_MAX; rounds <= ROUNDS_MAX + 1; rounds++) {
        struct buffer ini = {0};
        buffer_append_text(&ini, ELECTION POLLS "rounds =");
        for (uint32_t i = 0; i < rounds; i++) {
            buffer_printf(&ini, " %02u:%02u", 8 + i / 6, i % 6 * 10);
        }
        write_file("election.ini", ini.bytes, ini.length);
        if (rounds == ROUNDS_MAX) {
            struct election_folder folder = read_sound_folder();
            ck_assert_uint_eq(folder.election.round_count, ROUNDS_MAX);
            election_folder_done(&folder);
        } else {
            expect_faults("election.ini:8: rounds: more than 48 rounds;");
        }
        buffer_done(&ini);
    }
}

TEST(a_nul_byte_is_a_fault)
{
    static const char ini[] = ELECTION POLLS ROUNDS "[rules]\nas-of-tolerance-s = 60\0"
                                                    "0\n";
    write_file("election.ini", ini, sizeof ini - 1);
    expect_faults("election.ini:10: : the line holds a NUL byte;");
}

SUITE("election_ini");
