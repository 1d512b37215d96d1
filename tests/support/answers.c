/* Answers, checked. */
#include "answers.h"

#include <check.h>
#include <string.h>

#include <turnout/base/limits.h>

void answer_check_member(const json_t *answer, const char *key, const char *wanted, const char *name)
{
    const char *given = json_string_value(json_object_get(answer, key));
    if (wanted == NULL) {
        ck_assert_msg(given == NULL, "%s: %s is \"%s\", and should be absent", name, key, given);
    } else {
        ck_assert_msg(given != NULL && strcmp(given, wanted) == 0, "%s: %s is \"%s\", not \"%s\"", name, key,
                      given == NULL ? "" : given, wanted);
    }
}

/* Two groups of four of Crockford's 32 characters. */
void answer_check_receipt(const json_t *answer)
{
    const char *receipt = json_text_of(answer, "receipt");
    ck_assert_msg(strlen(receipt) == strlen("7K4Q-9M2D") && receipt[4] == '-' &&
                      strspn(receipt, "0123456789ABCDEFGHJKMNPQRSTVWXYZ-") == strlen(receipt),
                  "not a receipt: %s", receipt);
}

const struct bad_report bad_reports[] = {
    {"more voters than the roll", {.seq = 1, .voted = 1001}, "voted-exceeds-registered", 422, "voted"},
    {"more voters than the new roll",
     {.seq = 1, .voted = 900, .more = ",\"registered\":899"},
     "voted-exceeds-registered",
     422,
     "voted"},
    {"a voter where none is registered",
     {.unit = "0102-003", .seq = 1, .voted = 1},
     "voted-exceeds-registered",
     422,
     "voted"},
    {"a unit nobody knows", {.unit = "0101-009", .seq = 1, .voted = 1}, "unknown-unit", 404, "unit"},
    {"a commune as a unit", {.unit = "0101", .seq = 1, .voted = 1}, "unknown-unit", 404, "unit"},
    {"another election", {.election = "large", .seq = 1, .voted = 1}, "wrong-election", 404, "election"},
    {"tomorrow's count",
     {.seq = 1, .as_of = "2199-01-01T09:00:00+07:00", .voted = 1},
     "as-of-in-future",
     422,
     "as_of"},
    {"yesterday's count",
     {.seq = 1, .as_of = "2026-03-14T23:59:59+07:00", .voted = 1},
     "as-of-before-opening",
     422,
     "as_of"},
    {"a correction without a reason",
     {.seq = 1, .voted = 1, .more = ",\"kind\":\"correction\""},
     "reason-required",
     422,
     "reason"},
    {"no such kind", {.seq = 1, .voted = 1, .more = ",\"kind\":\"guess\""}, "malformed", 400, "kind"},
    {"a test that is none",
     {.seq = 1, .voted = 1, .more = ",\"test\":false", .counts = true},
     "malformed",
     400,
     "test"},
    {"a true count in the rehearsal", {.seq = 1, .voted = 1, .counts = true}, "not-open", 409, NULL},
    {"a field nobody knows", {.seq = 1, .voted = 1, .more = ",\"mood\":\"good\""}, "malformed", 400, NULL},
    {"a field twice", {.seq = 1, .voted = 1, .more = ",\"voted\":1"}, "malformed", 400, NULL},
    {"a seq of 0", {.seq = 0, .voted = 1}, "malformed", 400, "seq"},
    {"fewer than no voters", {.seq = 1, .voted = -1}, "malformed", 400, "voted"},
    {"above the bound of a unit", {.seq = 1, .voted = VOTERS_MAX + 1}, "malformed", 400, "voted"},
    {"a day that the calendar lacks",
     {.seq = 1, .as_of = "2026-02-30T09:00:00+07:00", .voted = 1},
     "malformed",
     400,
     "as_of"},
    {"no offset", {.seq = 1, .as_of = "2026-03-15T09:00:00", .voted = 1}, "malformed", 400, "as_of"},
};

const size_t bad_report_count = sizeof bad_reports / sizeof bad_reports[0];

void answer_check_refusal(const json_t *answer, const struct bad_report *bad)
{
    answer_check_member(answer, "code", bad->code, bad->name);
    if (bad->field != NULL) {
        answer_check_member(answer, "field", bad->field, bad->name);
    }
    ck_assert_ptr_null(json_object_get(answer, "receipt"));
}
