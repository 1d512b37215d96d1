/* Who may ask for what, and the changes that concern the whole election. */
#include <turnout/service/committee.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/budget.h>
#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/wire/read_signature.h>

#include "committee_private.h"

/* What units have read is forgotten: they are other indices. */
static void begin_register(struct committee *committee, const struct election_register *reg)
{
    free(committee->reads_full_at_us);
    committee->reads_full_at_us = memory_new_array(reg->unit_count, sizeof *committee->reads_full_at_us);
    committee->options.reg = reg;
}

struct committee *committee_new(const struct committee_options *options)
{
    struct committee *committee = memory_new(sizeof *committee);
    committee->options = *options;
    begin_register(committee, options->reg);
    return committee;
}

void committee_free(struct committee *committee)
{
    if (committee != NULL) {
        committee_link_is_lost(committee);
        assert(committee->waiting_bulletins == NULL);
        assert(committee->waiting == NULL);
        register_change_release(committee->change);
        publication_release(committee->publication);
        free(committee->reads_full_at_us);
        free(committee);
    }
}

void committee_set_register(struct committee *committee, const struct election_register *reg)
{
    begin_register(committee, reg);
    register_change_release(committee->change); /* it is from the register before; the next one comes */
    committee->change = NULL;
}

enum election_phase committee_phase(const struct committee *committee)
{
    return committee->publication == NULL ? PHASE_REHEARSAL : publication_phase(committee->publication);
}

/* ---- who asks ---- */

static struct principal principal_of(const struct token *token, uint32_t area, const char *label)
{
    struct principal principal = {.role = token->role, .area = area, .expires = token->expires};
    memcpy(principal.id, token->id, sizeof principal.id);
    memcpy(principal.area_code, token->area, sizeof principal.area_code);
    bool fits = slice_copy(slice_of(label), principal.label, sizeof principal.label);
    assert(fits);
    return principal;
}

enum admission committee_admit_token(const struct committee *committee, struct slice token,
                                     enum token_role wanted, int64_t now, struct principal *ret_principal,
                                     struct error *error)
{
    const struct committee_options *options = &committee->options;
    struct token shown;
    const char *why = "";
    if (!token_verify(token, options->election->id, options->secret, &shown)) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, "", "not a token of this election");
        return ADMISSION_UNAUTHORIZED;
    }
    if (now >= shown.expires) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, "", "the token has expired");
        return ADMISSION_UNAUTHORIZED;
    }
    if (!tokens_allow(options->credentials->tokens, shown.id, &why)) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, "", "%s", why);
        return ADMISSION_UNAUTHORIZED;
    }
    if (!token_role_may(shown.role, wanted)) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, "", "a token to %s cannot %s", token_role_name(shown.role),
                         token_role_name(wanted));
        return ADMISSION_WRONG_ROLE;
    }
    uint32_t area = register_find_area(options->reg, slice_of(shown.area));
    if (area == REGISTER_NONE) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, "", "the token's area %s is not in this election",
                         shown.area);
        return ADMISSION_OUT_OF_SCOPE;
    }
    *ret_principal = principal_of(&shown, area, tokens_find(options->credentials->tokens, shown.id)->label);
    return ADMITTED;
}

enum admission committee_admit(const struct committee *committee, struct slice authorization,
                               enum token_role wanted, int64_t now, struct principal *ret_principal,
                               struct error *error)
{
    struct slice rest = authorization;
    struct slice scheme = text_split(&rest, ' ');
    if (!slice_equals_ignoring_case(scheme, "Bearer")) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, "", "this needs `Authorization: Bearer` and a token");
        return ADMISSION_UNAUTHORIZED;
    }
    return committee_admit_token(committee, slice_trim(rest), wanted, now, ret_principal, error);
}

enum admission committee_check_scope(const struct committee *committee, const struct principal *principal,
                                     uint32_t area, struct error *error)
{
    const struct election_register *reg = committee->options.reg;
    if (register_area_contains(reg, principal->area, area)) {
        return ADMITTED;
    }
    (void)error_fail(error, TURNOUT_BAD_INPUT, "", "the token is good for %s, and %s is not in it",
                     reg->areas[principal->area].code, reg->areas[area].code);
    return ADMISSION_OUT_OF_SCOPE;
}

/* What a unit reads is read from Redis, which others need, too. */
static enum admission charge_read(const struct committee *committee, uint32_t unit, struct error *error)
{
    int64_t *full_at_us = &committee->reads_full_at_us[unit];
    int64_t now_us = clock_monotonic_us();
    int64_t cost_us = budget_cost_us(COMMITTEE_UNIT_READS_A_MINUTE);
    if (budget_is_spent(*full_at_us, now_us, cost_us)) {
        (void)error_fail(error, TURNOUT_UNAVAILABLE, "", "the unit has asked for itself %d times a minute",
                         (int)COMMITTEE_UNIT_READS_A_MINUTE);
        return ADMISSION_TOO_MANY;
    }
    *full_at_us = budget_spend(*full_at_us, now_us, cost_us);
    return ADMITTED;
}

static enum admission admit_signature(const struct committee *committee, struct slice text, uint32_t unit,
                                      int64_t now, struct error *error)
{
    const struct committee_options *options = &committee->options;
    struct read_signature signature;
    const char *why = "";
    if (!read_signature_parse(text, &signature)) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, "", "not <key>.<time>.<signature>");
        return ADMISSION_UNAUTHORIZED;
    }
    const struct signing_key *key = signing_keys_find(options->credentials->keys, signature.key);
    if (key == NULL || !signing_key_is_good_at(key, now, &why)) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, "", "the key %s %s", signature.key,
                         key == NULL ? "is not of this election" : why);
        return ADMISSION_UNAUTHORIZED;
    }
    if (strcmp(key->code, options->reg->units[unit].code) != 0) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, "", "the key %s is not this unit's own", signature.key);
        return ADMISSION_OUT_OF_SCOPE;
    }
    if (signature.time < now - READ_SIGNATURE_AGE_S_MAX || signature.time > now + READ_SIGNATURE_AGE_S_MAX) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, "", "its time is more than %d s from the server's clock",
                         (int)READ_SIGNATURE_AGE_S_MAX);
        return ADMISSION_UNAUTHORIZED;
    }
    if (!read_signature_is_good(&signature, options->election->id, options->reg->units[unit].code,
                                key->public_key)) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, "", "not the signature of this by the key %s",
                         signature.key);
        return ADMISSION_UNAUTHORIZED;
    }
    return charge_read(committee, unit, error);
}

enum admission committee_admit_reader(const struct committee *committee, struct slice authorization,
                                      uint32_t unit, int64_t now, struct error *error)
{
    struct slice rest = authorization;
    struct slice scheme = text_split(&rest, ' ');
    if (slice_equals_ignoring_case(scheme, "Signature")) {
        return admit_signature(committee, slice_trim(rest), unit, now, error);
    }
    struct principal principal;
    enum admission admission = committee_admit(committee, authorization, ROLE_VIEW, now, &principal, error);
    return admission != ADMITTED ? admission
                                 : committee_check_scope(committee, &principal,
                                                         committee->options.reg->units[unit].commune, error);
}

enum admission committee_admit_commune_reader(const struct committee *committee, struct slice authorization,
                                              uint32_t commune, int64_t now, struct error *error)
{
    const struct committee_options *options = &committee->options;
    struct slice rest = authorization;
    struct slice scheme = text_split(&rest, ' ');
    struct read_signature signature;
    struct principal principal;
    if (slice_equals_ignoring_case(scheme, "Signature") &&
        read_signature_parse(slice_trim(rest), &signature)) {
        const struct signing_key *key = signing_keys_find(options->credentials->keys, signature.key);
        uint32_t unit = key == NULL ? REGISTER_NONE : register_find_unit(options->reg, slice_of(key->code));
        if (unit != REGISTER_NONE && options->reg->units[unit].commune == commune) {
            return admit_signature(committee, slice_trim(rest), unit, now, error);
        }
    }
    enum admission admission = committee_admit(committee, authorization, ROLE_VIEW, now, &principal, error);
    return admission != ADMITTED ? admission : committee_check_scope(committee, &principal, commune, error);
}

/* ---- to the tally ---- */

bool committee_send(struct committee *committee, struct message *message)
{
    if (!tally_port_send(committee->options.port, message)) {
        return false;
    }
    committee->options.on_sent(committee->options.context);
    return true;
}

void committee_write(struct committee *committee, struct write_message *write)
{
    write->message.kind = MESSAGE_WRITE;
    if (!committee_send(committee, &write->message)) {
        write->error = TURNOUT_UNAVAILABLE;
        write->on_written(write);
    }
}

struct publication *committee_publication(const struct committee *committee)
{
    return committee->publication;
}
