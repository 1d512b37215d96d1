/* The checks of service/intake.c, as of the time when the report arrived. */
#include "report_sender.h"

#include <string.h>

#include <turnout/wire/signature.h>

/* The unit may belong to another commune by now: the commune of the log counts. */
static bool covers(const struct signing_key *key, const struct report_sender_of *of, const char *unit)
{
    return strcmp(key->code, unit) == 0 ||
           (key->area != REGISTER_NONE && register_area_contains(of->reg, key->area, of->commune));
}

static enum turnout_error check_signature(const struct report_sender_of *of, const struct log_line *line,
                                          enum report_sender *ret_sender, struct error *error)
{
    const struct report *report = &line->report;
    const struct signing_key *key = signing_keys_find(of->keys, report->key);
    const char *why = "";
    int64_t received = line->received_ms / 1000;
    if (key == NULL) {
        return error_fail(error, TURNOUT_BAD_INPUT, "key", "no key %s in keys.csv", report->key);
    }
    struct signing_key unrevoked = *key;
    unrevoked.revoked = 0;
    if (!signing_key_is_good_at(&unrevoked, received, &why)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "key", "when the report came, the key %s %s", report->key,
                          why);
    }
    if (!covers(key, of, report->unit)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "key", "the key %s does not sign for unit %s",
                          report->key, report->unit);
    }
    if (!report_signature_is_good(report, key->public_key)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "sig", "not the signature of this report by the key %s",
                          report->key);
    }
    *ret_sender = key->revoked != 0 && received >= key->revoked ? SENDER_REVOKED : SENDER_SIGNED;
    return TURNOUT_OK;
}

enum turnout_error report_sender_find(const struct report_sender_of *of, const struct log_line *line,
                                      enum report_sender *ret_sender, struct error *error)
{
    const struct report *report = &line->report;
    if (strcmp(report->election, of->election->id) != 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, "election", "the report is of another election");
    }
    if (report->sig[0] != '\0') {
        return check_signature(of, line, ret_sender, error);
    }
    if (line->who[0] == '\0' && !report->test) {
        return error_fail(error, TURNOUT_BAD_INPUT, "sig", "the report is neither signed nor vouched for");
    }
    *ret_sender = line->who[0] != '\0' ? SENDER_VOUCHED : SENDER_NOBODY;
    return TURNOUT_OK;
}
