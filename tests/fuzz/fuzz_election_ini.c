/* election.ini. An election that is taken makes sense, and is what a plain reader finds in the text, its rules as well;
 * one that is not has its faults told, each at a line that is there; and it does not matter which of the two line ends
 * a text has. */
#include "fuzz.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>

#include "../../src/store/election_ini.h"

enum { DAY_S = 86400, INPUT_BYTES_MAX = 16 * 1024 };

/* What the reader says of its faults, to compare. */
struct listener {
    struct buffer faults;
    uint32_t line_count;
};

static void on_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    struct listener *listener = context;
    assert(strcmp(file, ELECTION_INI_FILE) == 0 && line <= listener->line_count);
    assert(error->text[0] != '\0' && text_is_utf8(slice_of(error->text), NULL));
    assert(!text_has_control(slice_of(error->text)));
    buffer_printf(&listener->faults, "%u %s\n", line, error->field);
}

static uint32_t count_lines(struct slice text)
{
    uint32_t count = 0;
    while (text.bytes != NULL) {
        (void)text_split(&text, '\n');
        count++;
    }
    return count;
}

static bool read_text(struct slice text, struct election *ret_election, struct buffer *ret_faults)
{
    struct listener listener = {.line_count = count_lines(text)};
    char *copy = fuzz_copy(text.bytes, text.length);
    bool is_sound = election_ini_read(copy, text.length, on_fault, &listener, ret_election);
    free(copy);
    assert(is_sound == (listener.faults.length == 0));
    *ret_faults = listener.faults;
    return is_sound;
}

/* ---- what the text says ---- */

static struct slice strip(struct slice text)
{
    while (text.length > 0 && isspace((unsigned char)text.bytes[0])) {
        text = (struct slice){text.bytes + 1, text.length - 1};
    }
    while (text.length > 0 && isspace((unsigned char)text.bytes[text.length - 1])) {
        text.length--;
    }
    return text;
}

/* What stands between quotes, one for two; good until the next call. */
static struct slice unquoted(struct slice value)
{
    static char text[INPUT_BYTES_MAX];
    size_t length = 0;
    for (size_t i = 1; value.bytes[i] != '"' || (i + 1 < value.length && value.bytes[i + 1] == '"'); i++) {
        i += value.bytes[i] == '"' ? 1 : 0;
        text[length++] = value.bytes[i];
    }
    return (struct slice){text, length};
}

/* Without a ` ; comment` behind it, or quotes around it. */
static struct slice plain_value(struct slice value)
{
    value = strip(value);
    if (value.length > 0 && value.bytes[0] == '"') {
        return unquoted(value);
    }
    if (value.length > 0 && value.bytes[0] == ';') {
        return (struct slice){value.bytes, 0};
    }
    for (size_t i = 1; i < value.length; i++) {
        if (value.bytes[i] == ';' && isspace((unsigned char)value.bytes[i - 1])) {
            value.length = i;
        }
    }
    return strip(value);
}

/* The value of a key in a sound text; NULL bytes when it is not there. */
static struct slice said(struct slice text, const char *section, const char *key)
{
    bool is_in_section = false;
    while (text.bytes != NULL) {
        struct slice line = strip(text_split(&text, '\n'));
        if (line.length == 0 || line.bytes[0] == ';' || line.bytes[0] == '#') {
            continue;
        }
        if (line.bytes[0] == '[') {
            struct slice rest = {line.bytes + 1, line.length - 1};
            is_in_section = slice_equals(text_split(&rest, ']'), section);
            continue;
        }
        size_t separator = 0;
        while (separator < line.length && strchr("=:", line.bytes[separator]) == NULL) {
            separator++;
        }
        assert(separator < line.length);
        struct slice value = {line.bytes + separator + 1, line.length - separator - 1};
        if (is_in_section && slice_equals(strip((struct slice){line.bytes, separator}), key)) {
            return plain_value(value);
        }
    }
    return (struct slice){0};
}

static int64_t time_of_day(struct slice text)
{
    assert(text.length == strlen("09:00") && text.bytes[2] == ':');
    int64_t hour = (text.bytes[0] - '0') * 10 + (text.bytes[1] - '0');
    int64_t minute = (text.bytes[3] - '0') * 10 + (text.bytes[4] - '0');
    assert(hour >= 0 && hour < 24 && minute >= 0 && minute < 60);
    return hour * 3600 + minute * 60;
}

static int64_t local_time_of_day(const struct election *election, int64_t moment)
{
    return (moment + election->offset_s) % DAY_S;
}

/* ---- what was taken ---- */

static void check_mode(const struct rules *rules, const struct rules *standard, enum rule rule,
                       struct slice value)
{
    static const struct {
        const char *word;
        enum rule_mode mode;
        bool is_about_corrections;
    } words[] = {
        {"off", MODE_OFF, false},       {"flag", MODE_FLAG, false},  {"hold", MODE_HOLD, false},
        {"reject", MODE_REJECT, false}, {"counted", MODE_OFF, true}, {"held", MODE_HOLD, true},
    };
    enum rule_mode mode = rules->modes[rule];
    bool is_said = value.bytes == NULL;
    assert(!is_said || mode == standard->modes[rule]);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (slice_equals(value, words[i].word) &&
            words[i].is_about_corrections == (rule == RULE_CORRECTIONS)) {
            assert(mode == words[i].mode);
            is_said = true;
        }
    }
    assert(is_said && rule_allows(rule, mode));
    assert(rule != RULE_OVER_ROLL || mode == MODE_HOLD || mode == MODE_REJECT);
}

static void check_number(const struct rules *rules, const struct rule_number *number, struct slice value)
{
    int32_t taken = rule_number_get(rules, number);
    int64_t in_text = value.bytes == NULL ? number->standard : 0;
    for (size_t i = 0; i < value.length; i++) {
        assert(isdigit((unsigned char)value.bytes[i]));
        in_text = in_text * 10 + (value.bytes[i] - '0');
        assert(in_text <= number->most);
    }
    assert(taken == in_text && taken >= number->least && taken <= number->most);
}

static void check_rules(const struct election *election, struct slice text)
{
    const struct rules *rules = &election->rules;
    struct rules standard;
    rules_init(&standard);
    for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
        check_mode(rules, &standard, rule, said(text, "rules", rule_name(rule)));
    }
    for (size_t i = 0; i < RULE_NUMBER_COUNT; i++) {
        check_number(rules, &rule_numbers[i], said(text, "rules", rule_numbers[i].name));
    }
    struct slice hour = said(text, "rules", "complete-not-before");
    assert(rules->complete_not_before >= election->opens);
    if (hour.bytes == NULL) {
        assert(rules->complete_not_before == election->opens + 3600);
    } else {
        assert(local_time_of_day(election, rules->complete_not_before) == time_of_day(hour));
        assert(rules->complete_not_before - election->opens < DAY_S);
    }
}

static void check_rounds(const struct election *election, struct slice text)
{
    struct slice rest = said(text, "election", "rounds");
    uint32_t round = 0;
    assert(election->round_count <= ROUNDS_MAX);
    while (rest.length > 0) {
        struct slice word = text_split(&rest, ' ');
        const size_t day = strlen("2026-03-16T");
        if (word.length >= day - 1) {
            size_t taken = word.length < day ? word.length : day;
            word = (struct slice){word.bytes + taken, word.length - taken};
        }
        if (word.length > 0) {
            assert(round < election->round_count);
            assert(local_time_of_day(election, election->rounds[round++]) == time_of_day(word));
        }
    }
    assert(round == election->round_count);
    for (uint32_t i = 0; i < election->round_count; i++) {
        assert(election->rounds[i] >= (i == 0 ? election->opens : election->rounds[i - 1] + 1));
        assert(election->rounds[i] - election->closes < DAY_S);
        assert(election_round_at(election, election->rounds[i]) == i + 1);
    }
}

static void check_texts(const struct election *election, struct slice text)
{
    assert(slice_equals(said(text, "election", "id"), election->id));
    assert(slice_equals(said(text, "election", "name"), election->name));
    assert(slice_equals(said(text, "election", "name_en"), election->name_en));
    assert(slice_equals(said(text, "election", "date"), election->date));
    assert(slice_equals(said(text, "election", "timezone"), election->timezone));
}

static void check_election(const struct election *election, struct slice text)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (text.length >= strlen(mark) && memcmp(text.bytes, mark, strlen(mark)) == 0) {
        text = (struct slice){text.bytes + strlen(mark), text.length - strlen(mark)};
    }
    assert(text_is_code(slice_of(election->id)));
    assert(election->name[0] != '\0' && text_is_utf8(slice_of(election->name), NULL));
    assert(!text_has_control(slice_of(election->name)) && !text_has_control(slice_of(election->name_en)));
    assert(text_is_utf8(slice_of(election->name_en), NULL) && election->timezone[0] != '\0');
    assert(strlen(election->date) == strlen("2026-03-15"));
    assert(election->opens < election->closes && election->closes - election->opens <= 31 * (int64_t)DAY_S);
    check_texts(election, text);
    check_rounds(election, text);
    check_rules(election, text);
}

static void check_same(const struct election *left, const struct election *right)
{
    assert(strcmp(left->id, right->id) == 0 && strcmp(left->name, right->name) == 0);
    assert(strcmp(left->name_en, right->name_en) == 0 && strcmp(left->date, right->date) == 0);
    assert(strcmp(left->timezone, right->timezone) == 0 && left->offset_s == right->offset_s);
    assert(left->opens == right->opens && left->closes == right->closes);
    assert(left->round_count == right->round_count);
    assert(memcmp(left->rounds, right->rounds, left->round_count * sizeof left->rounds[0]) == 0);
    assert(memcmp(left->rules.modes, right->rules.modes, sizeof left->rules.modes) == 0);
    assert(left->rules.complete_not_before == right->rules.complete_not_before);
    for (size_t i = 0; i < RULE_NUMBER_COUNT; i++) {
        assert(rule_number_get(&left->rules, &rule_numbers[i]) ==
               rule_number_get(&right->rules, &rule_numbers[i]));
    }
}

/* The same text with CR LF. */
static void write_with_cr(struct slice text, struct buffer *out)
{
    for (size_t i = 0; i < text.length; i++) {
        buffer_append_text(out, text.bytes[i] == '\n' ? "\r" : "");
        buffer_append_char(out, text.bytes[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size};
    if (size == 0 || size > INPUT_BYTES_MAX) {
        return 0;
    }
    struct election election = {.id = ""};
    struct buffer faults;
    bool is_sound = read_text(text, &election, &faults);
    if (is_sound) {
        check_election(&election, text);
    }
    if (memchr(data, '\r', size) == NULL) {
        struct buffer with_cr = {0};
        struct election again = {.id = ""};
        struct buffer faults_again;
        write_with_cr(text, &with_cr);
        bool is_sound_again = read_text((struct slice){with_cr.bytes, with_cr.length}, &again, &faults_again);
        assert(is_sound_again == is_sound && faults.length == faults_again.length);
        if (is_sound) {
            check_same(&election, &again);
        } else {
            assert(strcmp(faults.bytes, faults_again.bytes) == 0);
        }
        buffer_done(&with_cr);
        buffer_done(&faults_again);
    }
    buffer_done(&faults);
    return 0;
}
