/* The previous election's name and date, and whether it can be compared. */
#include "previous_ini.h"

#include <assert.h>
#include <string.h>

#include <turnout/base/rfc3339.h>

static const char *const names[PREVIOUS_INI_KEYS] = {[PREVIOUS_NAME] = "name",
                                                     [PREVIOUS_NAME_EN] = "name_en",
                                                     [PREVIOUS_DATE] = "date",
                                                     [PREVIOUS_COMPARABLE] = "comparable",
                                                     [PREVIOUS_REASON] = "reason"};

const char *previous_ini_name(size_t key)
{
    assert(key < PREVIOUS_INI_KEYS);
    return names[key];
}

static enum turnout_error read_words(const char *key, struct slice value, char ret_words[NAME_BYTES_MAX + 1],
                                     struct error *error)
{
    if (value.length > 0 && slice_copy(value, ret_words, NAME_BYTES_MAX + 1)) {
        return TURNOUT_OK;
    }
    return error_fail(error, TURNOUT_BAD_INPUT, key, "empty, or longer than %d bytes; write a few words",
                      NAME_BYTES_MAX);
}

static enum turnout_error read_date(struct slice value, struct previous_election *previous,
                                    struct error *error)
{
    int64_t midnight;
    if (rfc3339_parse_date(value, &midnight) && slice_copy(value, previous->date, sizeof previous->date)) {
        return TURNOUT_OK;
    }
    return error_fail(error, TURNOUT_BAD_INPUT, names[PREVIOUS_DATE],
                      "not a day of the calendar; write it as 2021-05-23");
}

static enum turnout_error read_comparable(struct slice value, struct previous_election *previous,
                                          struct error *error)
{
    previous->is_incomparable = slice_equals(value, "no");
    if (previous->is_incomparable || slice_equals(value, "yes")) {
        return TURNOUT_OK;
    }
    return error_fail(error, TURNOUT_BAD_INPUT, names[PREVIOUS_COMPARABLE],
                      "neither yes nor no; write one of the two");
}

enum turnout_error previous_ini_read(size_t key, struct slice value, struct previous_election *previous,
                                     struct error *error)
{
    switch ((enum previous_ini_key)key) {
    case PREVIOUS_NAME:
        return read_words(names[key], value, previous->name, error);
    case PREVIOUS_NAME_EN:
        return read_words(names[key], value, previous->name_en, error);
    case PREVIOUS_DATE:
        return read_date(value, previous, error);
    case PREVIOUS_COMPARABLE:
        return read_comparable(value, previous, error);
    case PREVIOUS_REASON:
        return read_words(names[key], value, previous->reason, error);
    case PREVIOUS_INI_KEYS:
        break;
    }
    assert(!"a key of [previous]");
    return TURNOUT_BAD_INPUT;
}

enum turnout_error previous_ini_check(const struct previous_election *previous, const char *election_date,
                                      size_t *ret_key, struct error *error)
{
    const char *wrong = NULL;
    if (previous->name[0] == '\0' || previous->date[0] == '\0') {
        *ret_key = previous->name[0] == '\0' ? PREVIOUS_NAME : PREVIOUS_DATE;
        wrong = "is missing; add it under [previous]";
    } else if (election_date[0] != '\0' && strcmp(previous->date, election_date) >= 0) {
        *ret_key = PREVIOUS_DATE;
        wrong = "not before this election; correct one of the two";
    } else if (previous->is_incomparable != (previous->reason[0] != '\0')) {
        *ret_key = PREVIOUS_REASON;
        wrong = previous->is_incomparable
                    ? "is missing; say in a few words why the two cannot be compared"
                    : "says why the two cannot be compared; write comparable = no, or take it out";
    }
    return wrong == NULL ? TURNOUT_OK : error_fail(error, TURNOUT_BAD_INPUT, names[*ret_key], "%s", wrong);
}
