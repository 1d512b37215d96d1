/* election.ini. An election that is taken makes sense; one that is not has its faults told, each at a line that is
 * there; and it does not matter which of the two line ends a text has. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>

#include "../../src/service/election_ini.h"

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

static void check_rules(const struct rules *rules)
{
    for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
        assert(rule_allows(rule, rules->modes[rule]));
    }
    for (size_t i = 0; i < RULE_NUMBER_COUNT; i++) {
        int32_t value = rule_number_get(rules, &rule_numbers[i]);
        assert(value >= rule_numbers[i].least && value <= rule_numbers[i].most);
    }
}

static void check_election(const struct election *election)
{
    assert(text_is_code(slice_of(election->id)));
    assert(election->name[0] != '\0' && text_is_utf8(slice_of(election->name), NULL));
    assert(!text_has_control(slice_of(election->name)) && !text_has_control(slice_of(election->name_en)));
    assert(text_is_utf8(slice_of(election->name_en), NULL) && election->timezone[0] != '\0');
    assert(strlen(election->date) == strlen("2026-03-15"));
    assert(election->opens < election->closes && election->closes - election->opens < DAY_S);
    assert(election->round_count <= ROUNDS_MAX);
    for (uint32_t i = 0; i < election->round_count; i++) {
        assert(election->rounds[i] >= (i == 0 ? election->opens : election->rounds[i - 1] + 1));
        assert(election->rounds[i] - election->opens < DAY_S);
    }
    check_rules(&election->rules);
    if (election->round_count > 0) {
        assert(election_round_at(election, election->rounds[0]) == 1);
    }
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
        check_election(&election);
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
