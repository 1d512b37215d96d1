/* Reads one value, and says what it may be. */
#include "settings_private.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/limits.h>
#include <turnout/base/nearest.h>
#include <turnout/base/rfc3339.h>
#include <turnout/base/text.h>

/* An integer member takes the value's low bytes, which its bounds make sure are all of it. */
static void put_integer(const struct setting *setting, int64_t value, void *member)
{
    const bool as_bool = value != 0;
    const uint16_t as_16 = (uint16_t)value;
    const uint32_t as_32 = (uint32_t)value;
    switch (setting->bytes) {
    case sizeof as_bool:
        memcpy(member, &as_bool, sizeof as_bool);
        return;
    case sizeof as_16:
        memcpy(member, &as_16, sizeof as_16);
        return;
    case sizeof as_32:
        memcpy(member, &as_32, sizeof as_32);
        return;
    default:
        assert(setting->bytes == sizeof value);
        memcpy(member, &value, sizeof value);
    }
}

static enum turnout_error read_number(const struct setting *setting, struct slice text, void *member,
                                      struct error *error)
{
    int64_t number;
    if (!text_parse_integer(text, setting->least, setting->most, &number)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "must be a whole number from %" PRId64 " to %" PRId64,
                          setting->least, setting->most);
    }
    put_integer(setting, number, member);
    return TURNOUT_OK;
}

/* The words with something between them, and something else before the last. */
static void join_words(const char *const *words, const char *between, const char *before_last,
                       struct buffer *out)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        const char *join = i == 0 ? "" : words[i + 1] == NULL ? before_last : between;
        buffer_printf(out, "%s%s", join, words[i]);
    }
}

static enum turnout_error read_choice(const struct setting *setting, const char *text, void *member,
                                      struct error *error)
{
    struct nearest nearest = nearest_to(slice_of(text));
    for (size_t i = 0; setting->words[i] != NULL; i++) {
        if (strcmp(text, setting->words[i]) == 0) {
            put_integer(setting, (int64_t)i, member);
            return TURNOUT_OK;
        }
        nearest_offer(&nearest, setting->words[i]);
    }
    char hint[NEAREST_HINT_BYTES];
    struct buffer words = {0};
    join_words(setting->words, ", ", " or ", &words);
    enum turnout_error failed =
        error_fail(error, TURNOUT_BAD_INPUT, "", "must be %s%s", words.bytes, nearest_hint(&nearest, hint));
    buffer_done(&words);
    return failed;
}

static enum turnout_error read_moment(const char *text, struct setting_moment *ret_moment,
                                      struct error *error)
{
    int64_t seconds;
    if (!rfc3339_parse(slice_of(text), &seconds, NULL) || seconds <= 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "must be a time with its offset, such as 2026-03-15T07:00:00+07:00");
    }
    *ret_moment = (struct setting_moment){text, seconds};
    return TURNOUT_OK;
}

enum turnout_error setting_read(const struct setting *setting, const char *text, void *target,
                                struct error *error)
{
    void *member = (char *)target + setting->offset;
    switch (setting->kind) {
    case SETTING_FLAG:
        if (setting->bytes > 0) {
            put_integer(setting, 1, member);
        }
        return TURNOUT_OK;
    case SETTING_PATH:
        if (text[0] == '\0') {
            return error_fail(error, TURNOUT_BAD_INPUT, "", "must not be empty");
        }
        break;
    case SETTING_CODE:
        if (!text_is_code(slice_of(text))) {
            return error_fail(error, TURNOUT_BAD_INPUT, "", "must be 1 to %d of A-Z a-z 0-9 . _ -",
                              AREA_CODE_BYTES_MAX);
        }
        break;
    case SETTING_NUMBER:
        return read_number(setting, slice_of(text), member, error);
    case SETTING_CHOICE:
        return read_choice(setting, text, member, error);
    case SETTING_MOMENT:
        return read_moment(text, member, error);
    case SETTING_HOST_PORT:
        return host_port_parse(slice_of(text), member)
                   ? TURNOUT_OK
                   : error_fail(error, TURNOUT_BAD_INPUT, "",
                                "must be HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:7070");
    case SETTING_OWN:
        return setting->read(text, target, error);
    case SETTING_TEXT:
        break;
    }
    memcpy(member, &text, sizeof text);
    return TURNOUT_OK;
}

void setting_print_help(const struct setting *setting, FILE *out)
{
    struct buffer text = {0};
    buffer_printf(&text, "  --%s", setting->name);
    if (setting->takes != NULL) {
        buffer_printf(&text, " %s", setting->takes);
    } else if (setting->kind == SETTING_CHOICE) {
        buffer_append_char(&text, ' ');
        join_words(setting->words, "|", "|", &text);
    }
    buffer_printf(&text, "\n        %s", setting->help);
    if (setting->kind == SETTING_NUMBER) {
        buffer_printf(&text, "; %" PRId64 " to %" PRId64, setting->least, setting->most);
    }
    if (setting->is_required) {
        buffer_append_text(&text, "; required");
    }
    if (setting->standard != NULL && setting->standard[0] != '\0') {
        buffer_printf(&text, "; default %s", setting->standard);
    }
    (void)fprintf(out, "%s\n", text.bytes);
    buffer_done(&text);
}
