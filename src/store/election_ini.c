/* Reads election.ini through libinih. Debian's build neither tells its handler the line nor names more
 * than the first line it could not read; so a reader of ours hands it the lines and counts them, and a
 * line that libinih passes over in silence is noticed there. */
#include "election_ini.h"

#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <ini.h>

#include <turnout/base/error.h>
#include <turnout/base/rfc3339.h>
#include <turnout/base/text.h>

#include "rules_ini.h"

enum {
    LINE_BYTES = 1024,                    /* libinih's own 200 would not hold the longest name */
    COMPLETE_NOT_BEFORE_DEFAULT_S = 3600, /* after opening */
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
    KEY_COMPLETE_NOT_BEFORE,
    KEY_COUNT,
};

enum { KEYS_IN_ALL = KEY_COUNT + RULES_INI_KEYS }; /* behind ours those of rules_ini.h */

struct ini {
    struct slice rest; /* what is not read yet */
    uint32_t line;     /* the one being read, from 1 */
    bool awaits_key;   /* the line must hold a key, and libinih has not found it yet */
    bool in_known_section;

    struct faults faults;

    uint32_t key_lines[KEYS_IN_ALL]; /* 0: not there */
    bool is_sound[KEYS_IN_ALL];      /* there, and its value is right as far as it shows by itself */
    int32_t closes_offset_s;
    int64_t midnight_utc;     /* of `date` */
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

static bool read_any_name(struct ini *ini, const char *field, struct slice value,
                          char ret_name[NAME_BYTES_MAX + 1])
{
    if (value.length == 0) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, field,
                   "the name is empty; fill it in, or take the line out if it may be left out");
    } else if (!text_is_utf8(value, NULL)) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, field,
                   "the name is not UTF-8; save the file as UTF-8");
    } else if (text_has_control(value)) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, field,
                   "the name holds a control character; take it out");
    } else if (!slice_copy(value, ret_name, NAME_BYTES_MAX + 1)) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, field,
                   "the name has %zu bytes; shorten it to at most %d", value.length, NAME_BYTES_MAX);
    } else {
        return true;
    }
    return false;
}

static bool read_name(struct ini *ini, struct slice value)
{
    return read_any_name(ini, "name", value, ini->election.name);
}

static bool read_name_en(struct ini *ini, struct slice value)
{
    return read_any_name(ini, "name_en", value, ini->election.name_en);
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

static bool read_rounds(struct ini *ini, struct slice value)
{
    struct election *election = &ini->election;
    struct slice rest = value;
    while (rest.length > 0) {
        struct slice word = text_split(&rest, ' ');
        if (word.length == 0) {
            continue; /* more than one space between two */
        }
        char shown[TEXT_SHOWN_BYTES];
        int64_t time_s;
        if (!parse_time_of_day(word, &time_s)) {
            faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "rounds",
                       "\"%s\" is not a time of the day; write rounds as 09:00 11:00 15:30",
                       text_show(word, shown));
            return false;
        }
        if (election->round_count == ROUNDS_MAX) {
            faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "rounds",
                       "more than %d rounds; take some out", ROUNDS_MAX);
            return false;
        }
        if (election->round_count > 0 && time_s <= election->rounds[election->round_count - 1]) {
            faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "rounds",
                       "%s is not later than the round before it; put them in order, each once",
                       text_show(word, shown));
            return false;
        }
        election->rounds[election->round_count++] = time_s;
    }
    return true;
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

/* ---- lines ---- */

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
    [KEY_COMPLETE_NOT_BEFORE] = {"rules", "complete-not-before", false, read_complete_not_before},
};

static const char *key_name(size_t key)
{
    return key < KEY_COUNT ? keys[key].name : rules_ini_name(key - KEY_COUNT);
}

/* KEYS_IN_ALL when there is none. */
static size_t find_key(const char *section, const char *name)
{
    for (size_t key = 0; key < KEYS_IN_ALL; key++) {
        const char *its_section = key < KEY_COUNT ? keys[key].section : "rules";
        if (strcmp(section, its_section) == 0 && strcmp(name, key_name(key)) == 0) {
            return key;
        }
    }
    return KEYS_IN_ALL;
}

static bool read_key(struct ini *ini, size_t key, struct slice value)
{
    if (key < KEY_COUNT) {
        return keys[key].read(ini, value);
    }
    struct error fault;
    if (rules_ini_read(key - KEY_COUNT, value, &ini->election.rules, &fault) != TURNOUT_OK) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, fault.field, "%s", fault.text);
        return false;
    }
    return true;
}

static bool is_section(struct slice name)
{
    return slice_equals(name, "election") || slice_equals(name, "rules");
}

/* Called by libinih for every `name = value`, while the line it stands in is the reader's latest. */
static int take_key(void *user, const char *section, const char *name, const char *value)
{
    struct ini *ini = user;
    ini->awaits_key = false;
    if (!ini->in_known_section) {
        if (section[0] == '\0') {
            faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "",
                       "a key before any section; put it under [election]");
        }
        return 1; /* an unknown section was told of where it began */
    }
    size_t key = find_key(section, name);
    if (key == KEYS_IN_ALL) {
        char shown[TEXT_SHOWN_BYTES];
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "",
                   "[%s] has no key \"%s\"; correct its spelling or take the line out", section,
                   text_show(slice_of(name), shown));
    } else if (ini->key_lines[key] != 0) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, key_name(key),
                   "stands in line %u already; keep one of the two", ini->key_lines[key]);
    } else {
        ini->key_lines[key] = ini->line;
        ini->is_sound[key] = read_key(ini, key, slice_of(value));
    }
    return 1;
}

static void begin_section(struct ini *ini, struct slice line)
{
    const char *end = memchr(line.bytes, ']', line.length);
    if (end == NULL) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "",
                   "the section's name is not closed; write it as [election]");
        return; /* libinih stays in the section before, too */
    }
    struct slice name = {line.bytes + 1, (size_t)(end - line.bytes) - 1};
    ini->in_known_section = is_section(name);
    if (!ini->in_known_section) {
        char shown[TEXT_SHOWN_BYTES];
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "",
                   "there is no section [%s]; the sections are [election] and [rules]",
                   text_show(name, shown));
    }
}

/* What of the line libinih shall see. */
static struct slice examine_line(struct ini *ini, struct slice line, size_t bytes_max)
{
    static const struct slice nothing = {"", 0};
    if (line.length == 0 || line.bytes[0] == ';' || line.bytes[0] == '#') {
        return nothing;
    }
    if (line.length > bytes_max) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "",
                   "the line has %zu bytes; shorten it to at most %zu", line.length, bytes_max);
        return nothing;
    }
    if (memchr(line.bytes, '\0', line.length) != NULL) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "",
                   "the line holds a NUL byte; save the file as UTF-8 text");
        return nothing;
    }
    if (line.bytes[0] == '[') {
        begin_section(ini, line);
    } else {
        ini->awaits_key = true;
    }
    return line;
}

/* Without the blanks around it, and by libinih's idea of a blank: one in front would make it a continuation line,
 * or hide the `[` of a section from examine_line(). */
static struct slice next_line(struct slice *rest)
{
    struct slice line = text_split(rest, '\n');
    while (line.length > 0 && isspace((unsigned char)line.bytes[line.length - 1])) {
        line.length--;
    }
    while (line.length > 0 && isspace((unsigned char)line.bytes[0])) {
        line = (struct slice){line.bytes + 1, line.length - 1};
    }
    return line;
}

/* Called by libinih as it would call fgets(). */
static char *hand_line(char *room, int room_bytes, void *user)
{
    struct ini *ini = user;
    if (ini->awaits_key) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->line, "",
                   "neither a [section] nor a `key = value`; mend it or take it out");
        ini->awaits_key = false;
    }
    if (ini->rest.length == 0) {
        return NULL;
    }
    static const char line_end[] = "\n";
    assert(room_bytes > (int)sizeof line_end);
    ini->line++;
    struct slice line = examine_line(ini, next_line(&ini->rest), (size_t)room_bytes - sizeof line_end);
    memcpy(room, line.bytes, line.length);
    memcpy(room + line.length, line_end, sizeof line_end);
    return room;
}

/* ---- the whole ---- */

static bool is_on_date(const struct ini *ini, int64_t moment)
{
    int64_t local = moment + ini->election.offset_s;
    return local >= ini->midnight_utc && local < ini->midnight_utc + INT64_C(86400);
}

static void check_polls(struct ini *ini)
{
    const struct election *election = &ini->election;
    if (!ini->is_sound[KEY_OPENS]) {
        return;
    }
    if (ini->is_sound[KEY_DATE] && !is_on_date(ini, election->opens)) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->key_lines[KEY_OPENS], "opens",
                   "the polls do not open on %s; correct this or `date`", election->date);
    }
    if (!ini->is_sound[KEY_CLOSES]) {
        return;
    }
    if (ini->closes_offset_s != election->offset_s) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->key_lines[KEY_CLOSES], "closes",
                   "not the same offset from UTC as `opens`; write both with the same");
    } else if (election->closes <= election->opens) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->key_lines[KEY_CLOSES], "closes",
                   "not later than `opens`; correct one of the two");
    } else if (ini->is_sound[KEY_DATE] && !is_on_date(ini, election->closes)) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->key_lines[KEY_CLOSES], "closes",
                   "the polls do not close on %s; correct this or `date`", election->date);
    }
}

/* From times of the day to moments. */
static void place_rounds(struct ini *ini)
{
    struct election *election = &ini->election;
    if (!ini->is_sound[KEY_ROUNDS] || !ini->is_sound[KEY_DATE] || !ini->is_sound[KEY_OPENS]) {
        return;
    }
    int64_t midnight = ini->midnight_utc - election->offset_s;
    for (uint32_t i = 0; i < election->round_count; i++) {
        election->rounds[i] += midnight;
    }
    if (election->round_count > 0 && election->rounds[0] < election->opens) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->key_lines[KEY_ROUNDS], "rounds",
                   "the first round is before the polls open; correct it or `opens`");
    }
}

/* Likewise. An hour after opening where nothing else is said. */
static void place_complete_not_before(struct ini *ini)
{
    struct election *election = &ini->election;
    int64_t *moment = &election->rules.complete_not_before;
    if (ini->key_lines[KEY_COMPLETE_NOT_BEFORE] == 0) {
        *moment = election->opens + COMPLETE_NOT_BEFORE_DEFAULT_S;
        return;
    }
    if (!ini->is_sound[KEY_COMPLETE_NOT_BEFORE] || !ini->is_sound[KEY_DATE] || !ini->is_sound[KEY_OPENS]) {
        return;
    }
    *moment += ini->midnight_utc - election->offset_s;
    if (*moment < election->opens) {
        faults_add(&ini->faults, ELECTION_INI_FILE, ini->key_lines[KEY_COMPLETE_NOT_BEFORE],
                   "complete-not-before",
                   "before the polls open, when no report can be complete; correct it or `opens`");
    }
}

static struct slice without_byte_order_mark(struct slice text)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t mark_length = sizeof mark - 1;
    if (text.length >= mark_length && memcmp(text.bytes, mark, mark_length) == 0) {
        return (struct slice){text.bytes + mark_length, text.length - mark_length};
    }
    return text;
}

bool election_ini_read(const char *bytes, size_t length, fault_fn *on_fault, void *context,
                       struct election *ret_election)
{
    struct ini ini = {.rest = without_byte_order_mark((struct slice){bytes, length}),
                      .faults = {.on_fault = on_fault, .context = context}};
    rules_init(&ini.election.rules);
    ini_max_line = LINE_BYTES; /* the library's own variable: this is how it is told */
    int status = ini_parse_stream(hand_line, &ini, take_key, &ini);
    assert(status >= 0); /* with lines on the stack it cannot run out of memory; hand_line told of the rest */

    for (size_t k = 0; k < KEY_COUNT; k++) {
        if (keys[k].is_required && ini.key_lines[k] == 0) {
            faults_add(&ini.faults, ELECTION_INI_FILE, 0, keys[k].name, "is missing; add it under [%s]",
                       keys[k].section);
        }
    }
    check_polls(&ini);
    place_rounds(&ini);
    place_complete_not_before(&ini);
    if (ini.faults.count > 0) {
        return false;
    }
    *ret_election = ini.election;
    return true;
}
