/* Reads election.ini: each value by itself as it comes, then what they say together. */
#include "election_ini.h"

#include <stdint.h>
#include <string.h>

#include <turnout/base/error.h>
#include <turnout/base/ini_file.h>
#include <turnout/base/rfc3339.h>
#include <turnout/base/text.h>

#include "previous_ini.h"
#include "rules_ini.h"

enum {
    COMPLETE_NOT_BEFORE_DEFAULT_S = 3600, /* after opening */
    BULLETIN_DELAY_S_MAX = 14400,
    SECONDS_A_DAY = 86400,
    POLLS_DAYS_MAX = 31, /* longer is a slip in the month or the year */
    DATE_LENGTH = sizeof "2026-03-15" - 1,
};

enum key_id {
    KEY_ID,
    KEY_NAME,
    KEY_NAME_EN,
    KEY_DATE,
    KEY_TIMEZONE,
    KEY_OPENS,
    KEY_CLOSES,
    KEY_ROUNDS,
    KEY_BULLETIN_DELAY,
    KEY_UNIT_FIGURES,
    KEY_COUNTED,
    KEY_HOW_COUNTED,
    KEY_LICENCE,
    KEY_COMPLETE_NOT_BEFORE,
    KEY_COUNT,
};

/* Behind ours those of rules_ini.h and of previous_ini.h. */
enum { PREVIOUS_KEYS_AT = KEY_COUNT + RULES_INI_KEYS, KEYS_IN_ALL = PREVIOUS_KEYS_AT + PREVIOUS_INI_KEYS };

struct ini {
    struct ini_key keys[KEYS_IN_ALL]; /* where each stands */
    uint32_t line;                    /* of the value being read */
    struct faults faults;

    bool is_sound[KEYS_IN_ALL]; /* there, and its value is right as far as it shows by itself */
    int32_t closes_offset_s;
    int64_t midnight_utc;           /* of `date` */
    int64_t round_days[ROUNDS_MAX]; /* the same of each round's day; 0: it is `date` */
    struct election election; /* until all is read, rounds and complete_not_before are seconds of the day */
};

/* ---- values, each by itself ---- */

static bool read_id(struct ini *ini, struct slice value)
{
    if (!text_is_code(value)) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "id",
                   "the id is not a code; write 1 to %d of A-Z a-z 0-9 . _ - and nothing else",
                   AREA_CODE_BYTES_MAX);
        return false;
    }
    return slice_copy(value, ini->election.id, sizeof ini->election.id);
}

static bool read_words(struct ini *ini, const char *field, const char *what, struct slice words, char *ret)
{
    bool is_good = words.length > 0 && slice_copy(words, ret, NAME_BYTES_MAX + 1);
    if (words.length == 0) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, field,
                   "the %s is empty; fill it in, or take the line out if it may be left out", what);
    } else if (!is_good) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, field,
                   "the %s has %zu bytes; shorten it to at most %d", what, words.length, NAME_BYTES_MAX);
    }
    return is_good;
}

static bool read_name(struct ini *ini, struct slice value)
{
    return read_words(ini, "name", "name", value, ini->election.name);
}

static bool read_name_en(struct ini *ini, struct slice value)
{
    return read_words(ini, "name_en", "name", value, ini->election.name_en);
}

static bool read_date(struct ini *ini, struct slice value)
{
    if (!rfc3339_parse_date(value, &ini->midnight_utc)) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "date",
                   "not a day of the calendar; write it as 2026-03-15");
        return false;
    }
    return slice_copy(value, ini->election.date, sizeof ini->election.date);
}

/* The name is for readers and never computed with, so its form is all that is checked. */
static bool read_timezone(struct ini *ini, struct slice value)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    bool is_plain = value.length > 0;
    for (size_t i = 0; i < value.length; i++) {
        is_plain = is_plain && memchr(allowed, value.bytes[i], sizeof allowed - 1) != NULL;
    }
    if (!is_plain || !slice_copy(value, ini->election.timezone, sizeof ini->election.timezone)) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "timezone",
                   "not the name of a time zone; write it as Asia/Ho_Chi_Minh");
        return false;
    }
    return true;
}

static bool read_moment(struct ini *ini, const char *field, struct slice value, int64_t *ret_seconds,
                        int32_t *ret_offset_s)
{
    if (!rfc3339_parse(value, ret_seconds, ret_offset_s)) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, field,
                   "not a moment; write it as 2026-03-15T07:00:00+07:00");
        return false;
    }
    return true;
}

static bool read_opens(struct ini *ini, struct slice value)
{
    return read_moment(ini, "opens", value, &ini->election.opens, &ini->election.offset_s);
}

static bool read_closes(struct ini *ini, struct slice value)
{
    return read_moment(ini, "closes", value, &ini->election.closes, &ini->closes_offset_s);
}

/* `09:00` as seconds of the day. */
static bool parse_time_of_day(struct slice text, int64_t *ret_seconds)
{
    uint64_t hour;
    uint64_t minute;
    if (text.length != 5 || text.bytes[2] != ':' ||
        !text_parse_unsigned((struct slice){text.bytes, 2}, 23, &hour) ||
        !text_parse_unsigned((struct slice){text.bytes + 3, 2}, 59, &minute)) {
        return false;
    }
    *ret_seconds = (int64_t)(hour * 3600 + minute * 60);
    return true;
}

/* Takes the day off the front of `2026-03-16T09:00`. Of `2026-03-16` nothing is left. False where there is no day: then
 * nothing is taken. */
static bool take_day(struct slice *word, int64_t *ret_day)
{
    struct slice day = {word->bytes, word->length < DATE_LENGTH ? word->length : DATE_LENGTH};
    bool is_alone = word->length == DATE_LENGTH;
    bool has_time = word->length > DATE_LENGTH + 1 && word->bytes[DATE_LENGTH] == 'T';
    if (!(is_alone || has_time) || !rfc3339_parse_date(day, ret_day)) {
        return false;
    }
    size_t taken = DATE_LENGTH + (has_time ? 1 : 0);
    *word = (struct slice){word->bytes + taken, word->length - taken};
    return true;
}

static bool refuse_round(struct ini *ini, struct slice word)
{
    char shown[TEXT_SHOWN_BYTES];
    faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "rounds",
               "\"%s\" is not a time of the day; write rounds as 09:00 11:00, those of another day as "
               "2026-03-16T09:00",
               text_show(word, shown));
    return false;
}

/* A day is carried by the round behind it, and holds for those that follow. */
static bool read_rounds(struct ini *ini, struct slice value)
{
    struct election *election = &ini->election;
    struct slice rest = value;
    struct slice whole = {NULL, 0};
    bool lacks_time = false;
    int64_t day = 0;
    while (rest.length > 0) {
        struct slice word = text_split(&rest, ' ');
        if (word.length == 0) {
            continue; /* more than one space between two */
        }
        whole = word;
        lacks_time = take_day(&word, &day) && word.length == 0;
        if (lacks_time) {
            continue;
        }
        if (election->round_count == ROUNDS_MAX) {
            faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "rounds",
                       "more than %d rounds; take some out", ROUNDS_MAX);
            return false;
        }
        uint32_t round = election->round_count++;
        ini->round_days[round] = day;
        if (!parse_time_of_day(word, &election->rounds[round])) {
            return refuse_round(ini, whole);
        }
    }
    return lacks_time ? refuse_round(ini, whole) : true;
}

static bool read_bulletin_delay(struct ini *ini, struct slice value)
{
    uint64_t delay_s;
    if (!text_parse_unsigned(value, BULLETIN_DELAY_S_MAX, &delay_s)) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "bulletin-delay-s",
                   "not a whole number of seconds from 0 to %d; write it as 900", BULLETIN_DELAY_S_MAX);
        return false;
    }
    ini->election.bulletin_delay_s = (int32_t)delay_s;
    return true;
}

static bool read_unit_figures(struct ini *ini, struct slice value)
{
    ini->election.hides_unit_figures = slice_equals(value, "committee");
    if (!ini->election.hides_unit_figures && !slice_equals(value, "public")) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "unit-figures",
                   "neither public nor committee; write one of the two");
        return false;
    }
    return true;
}

static bool read_counted(struct ini *ini, struct slice value)
{
    return read_words(ini, "counted", "text", value, ini->election.counted);
}

static bool read_how_counted(struct ini *ini, struct slice value)
{
    return read_words(ini, "how-counted", "text", value, ini->election.how_counted);
}

static bool read_licence(struct ini *ini, struct slice value)
{
    return read_words(ini, "licence", "text", value, ini->election.licence);
}

static bool read_complete_not_before(struct ini *ini, struct slice value)
{
    if (!parse_time_of_day(value, &ini->election.rules.complete_not_before)) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "complete-not-before",
                   "not a time of the day; write it as 08:00");
        return false;
    }
    return true;
}

/* ---- keys ---- */

struct key {
    const char *section;
    const char *name;
    bool is_required;
    bool (*read)(struct ini *ini, struct slice value);
};

static const struct key keys[KEY_COUNT] = {
    [KEY_ID] = {"election", "id", true, read_id},
    [KEY_NAME] = {"election", "name", true, read_name},
    [KEY_NAME_EN] = {"election", "name_en", false, read_name_en},
    [KEY_DATE] = {"election", "date", true, read_date},
    [KEY_TIMEZONE] = {"election", "timezone", true, read_timezone},
    [KEY_OPENS] = {"election", "opens", true, read_opens},
    [KEY_CLOSES] = {"election", "closes", true, read_closes},
    [KEY_ROUNDS] = {"election", "rounds", true, read_rounds},
    [KEY_BULLETIN_DELAY] = {"election", "bulletin-delay-s", false, read_bulletin_delay},
    [KEY_UNIT_FIGURES] = {"election", "unit-figures", false, read_unit_figures},
    [KEY_COUNTED] = {"election", "counted", false, read_counted},
    [KEY_HOW_COUNTED] = {"election", "how-counted", false, read_how_counted},
    [KEY_LICENCE] = {"election", "licence", false, read_licence},
    [KEY_COMPLETE_NOT_BEFORE] = {"rules", "complete-not-before", false, read_complete_not_before},
};

static void list_keys(struct ini *ini)
{
    for (size_t key = 0; key < KEY_COUNT; key++) {
        ini->keys[key] = (struct ini_key){.section = keys[key].section, .name = keys[key].name};
    }
    for (size_t key = 0; key < RULES_INI_KEYS; key++) {
        ini->keys[KEY_COUNT + key] = (struct ini_key){.section = "rules", .name = rules_ini_name(key)};
    }
    for (size_t key = 0; key < PREVIOUS_INI_KEYS; key++) {
        ini->keys[PREVIOUS_KEYS_AT + key] =
            (struct ini_key){.section = "previous", .name = previous_ini_name(key)};
    }
}

static void read_value(void *context, size_t key, struct slice value)
{
    struct ini *ini = context;
    ini->line = ini->keys[key].line;
    if (key < KEY_COUNT) {
        ini->is_sound[key] = keys[key].read(ini, value);
        return;
    }
    struct error fault;
    enum turnout_error failed =
        key < PREVIOUS_KEYS_AT
            ? rules_ini_read(key - KEY_COUNT, value, &ini->election.rules, &fault)
            : previous_ini_read(key - PREVIOUS_KEYS_AT, value, &ini->election.previous, &fault);
    ini->is_sound[key] = failed == TURNOUT_OK;
    if (!ini->is_sound[key]) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, fault.field, "%s", fault.text);
    }
}

/* ---- the whole ---- */

static int64_t day_of(const struct ini *ini, int64_t moment)
{
    int64_t local = moment + ini->election.offset_s;
    return local - local % SECONDS_A_DAY;
}

static void check_polls(struct ini *ini)
{
    const struct election *election = &ini->election;
    if (!ini->is_sound[KEY_OPENS]) {
        return;
    }
    if (ini->is_sound[KEY_DATE] && day_of(ini, election->opens) != ini->midnight_utc) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->keys[KEY_OPENS].line, "opens",
                   "the polls do not open on %s; correct this or `date`", election->date);
    }
    if (!ini->is_sound[KEY_CLOSES]) {
        return;
    }
    if (ini->closes_offset_s != election->offset_s) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->keys[KEY_CLOSES].line, "closes",
                   "not the same offset from UTC as `opens`; write both with the same");
    } else if (election->closes <= election->opens) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->keys[KEY_CLOSES].line, "closes",
                   "not later than `opens`; correct one of the two");
    } else if (election->closes - election->opens > (int64_t)POLLS_DAYS_MAX * SECONDS_A_DAY) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->keys[KEY_CLOSES].line, "closes",
                   "more than %d days after `opens`; correct one of the two", POLLS_DAYS_MAX);
    }
}

/* Tells what is wrong with round i, whose moment is known, as are those before it. */
static bool check_round(struct ini *ini, uint32_t i)
{
    const struct election *election = &ini->election;
    const char *wrong = NULL;
    if (i == 0 && election->rounds[0] < election->opens) {
        wrong = "before the polls open; correct it or `opens`";
    } else if (i > 0 && election->rounds[i] <= election->rounds[i - 1]) {
        wrong = "not later than the round before it; put them in order, each once, those of another day as "
                "2026-03-16T09:00";
    } else if (ini->is_sound[KEY_CLOSES] &&
               day_of(ini, election->rounds[i]) > day_of(ini, election->closes)) {
        wrong = "after the day on which the polls close; correct it or `closes`";
    }
    if (wrong != NULL) {
        char text[RFC3339_BYTES];
        rfc3339_format(election->rounds[i], election->offset_s, text);
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->keys[KEY_ROUNDS].line, "rounds", "%.16s is %s", text,
                   wrong);
    }
    return wrong == NULL;
}

/* From times of the day to moments. */
static void place_rounds(struct ini *ini)
{
    struct election *election = &ini->election;
    if (!ini->is_sound[KEY_ROUNDS] || !ini->is_sound[KEY_DATE] || !ini->is_sound[KEY_OPENS]) {
        return;
    }
    for (uint32_t i = 0; i < election->round_count; i++) {
        int64_t day = ini->round_days[i] != 0 ? ini->round_days[i] : ini->midnight_utc;
        election->rounds[i] += day - election->offset_s;
        if (!check_round(ini, i)) {
            return;
        }
    }
}

/* From a time of the day to a moment. Where the file names none, it is one hour after the opening. */
static void place_complete_not_before(struct ini *ini)
{
    struct election *election = &ini->election;
    int64_t *moment = &election->rules.complete_not_before;
    if (ini->keys[KEY_COMPLETE_NOT_BEFORE].line == 0) {
        *moment = election->opens + COMPLETE_NOT_BEFORE_DEFAULT_S;
        return;
    }
    if (!ini->is_sound[KEY_COMPLETE_NOT_BEFORE] || !ini->is_sound[KEY_DATE] || !ini->is_sound[KEY_OPENS]) {
        return;
    }
    *moment += ini->midnight_utc - election->offset_s;
    if (*moment < election->opens) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->keys[KEY_COMPLETE_NOT_BEFORE].line,
                   "complete-not-before",
                   "before the polls open, when no report can be complete; correct it or `opens`");
    }
}

/* Checks the values about the previous election, if there are any. Faults of single values have been reported. */
static void check_previous(struct ini *ini)
{
    bool has_any = false;
    bool is_sound = true;
    size_t key;
    struct error fault;
    for (size_t i = PREVIOUS_KEYS_AT; i < KEYS_IN_ALL; i++) {
        has_any = has_any || ini->keys[i].line != 0;
        is_sound = is_sound && (ini->keys[i].line == 0 || ini->is_sound[i]);
    }
    if (has_any && is_sound &&
        previous_ini_check(&ini->election.previous, ini->election.date, &key, &fault) != TURNOUT_OK) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->keys[PREVIOUS_KEYS_AT + key].line, fault.field, "%s",
                   fault.text);
    }
}

bool election_ini_read(const char *bytes, size_t length, fault_fn *on_fault, void *context,
                       struct election *ret_election)
{
    struct ini ini = {.faults = {.on_fault = on_fault, .context = context}};
    rules_init(&ini.election.rules);
    list_keys(&ini);
    ini_file_read((struct slice){bytes, length}, ELECTION_INI_FILE, ini.keys, KEYS_IN_ALL, &ini.faults,
                  read_value, &ini);
    for (size_t k = 0; k < KEY_COUNT; k++) {
        if (keys[k].is_required && ini.keys[k].line == 0) {
            faults_add(&ini.faults, ELECTION_INI_FILE, 0, keys[k].name, "is missing; add it under [%s]",
                       keys[k].section);
        }
    }
    check_polls(&ini);
    place_rounds(&ini);
    place_complete_not_before(&ini);
    check_previous(&ini);
    if (ini.faults.count > 0) {
        return false;
    }
    *ret_election = ini.election;
    return true;
}
