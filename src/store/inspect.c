/* All questions go out at once; Redis answers in order, so that the number of an answer says which question it is
 * for. */
#include <turnout/store/inspect.h>

#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/base/text.h>
#include <turnout/wire/register_digest.h>

#include "durability.h"
#include "election_times.h"
#include "function_library.h"
#include "meta_words.h"
#include "redis_reply.h"
#include "redis_rights.h"
#include "store_private.h"
#include "words.h"

/* In the order in which they are asked; the rights are several questions each, and meta comes before the phases. */
enum {
    ASK_SETTINGS,
    ASK_STATE,
    ASK_RIGHTS_OF_DEFAULT,
    ASK_OUR_RIGHTS = ASK_RIGHTS_OF_DEFAULT + RIGHTS_QUESTIONS,
    ASK_FUNCTIONS = ASK_OUR_RIGHTS + RIGHTS_QUESTIONS,
    ASK_META,
    ASK_CHANGE,
    ASK_TIME,
    ASK_PHASES, /* one question a province */
};

struct inspecting {
    struct store *store;
    store_inspected_fn *on_inspected;
    void *context;
    struct store_inspection inspection;
    int64_t asked_ms; /* Unix */
    int questions;
    int answered;
    char phase[16]; /* in meta; empty: not known */
    bool wants_functions;
    bool is_lost; /* the link, before all was answered */
};

static void conclude(struct inspecting *inspecting)
{
    inspecting->on_inspected(inspecting->context, inspecting->is_lost ? NULL : &inspecting->inspection);
    free(inspecting);
}

/* The first fault of a finding stands. */
static void note(struct store_finding *finding, enum turnout_error failed, const struct error *error)
{
    if (failed != TURNOUT_OK && finding->is_ok) {
        finding->is_ok = false;
        memcpy(finding->why, error->text, sizeof finding->why);
    }
}

/* ---- durability and rights ---- */

/* INFO is a text of lines. Whether Redis rewrites, is about to, or has failed to. */
static bool tells_no_rewriting(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STRING && strstr(reply->str, "\naof_rewrite_in_progress:0") != NULL &&
           strstr(reply->str, "\naof_rewrite_scheduled:0") != NULL &&
           strstr(reply->str, "\naof_last_bgrewrite_status:ok") != NULL;
}

static void take_memory(struct inspecting *inspecting, const redisReply *reply)
{
    struct store_inspection *inspection = &inspecting->inspection;
    inspection->memory_used = (uint64_t)reply_info_number(reply, "\nused_memory:", 0);
    inspection->memory_most = (uint64_t)reply_info_number(reply, "\nmaxmemory:", 0);
    if (inspection->memory_most == 0) {
        inspection->memory_most = (uint64_t)reply_info_number(reply, "\ntotal_system_memory:", 0);
    }
}

static enum turnout_error judge_right_of_default(const redisReply *reply, int which, struct error *error)
{
    if (reply->type == REDIS_REPLY_ERROR) {
        return durability_fail_unanswered("ACL DRYRUN", reply->str, error);
    }
    return redis_rights_may(reply) ? TURNOUT_OK : durability_fail_loading(redis_rights_command(which), error);
}

static const char *our_user(const struct inspecting *inspecting)
{
    return redis_rights_user(store_address(inspecting->store));
}

static enum turnout_error judge_our_right(const struct inspecting *inspecting, const redisReply *reply,
                                          int which, struct error *error)
{
    return reply->type == REDIS_REPLY_ERROR || redis_rights_may(reply)
               ? TURNOUT_OK
               : redis_rights_fail(our_user(inspecting), redis_rights_command(which), error);
}

/* ---- the election ---- */

static enum turnout_error judge_meta(struct inspecting *inspecting, const redisReply *reply,
                                     struct error *error)
{
    struct store_inspection *inspection = &inspecting->inspection;
    const struct election *election = store_election(inspecting->store);
    if (!reply_is_list_of(reply, 6)) {
        return error_fail(error, TURNOUT_CONFLICT, "redis", "Redis does not tell which election it holds: %s",
                          reply_words(reply, ""));
    }
    struct slice schema = reply_text(reply->element[0]);
    if (schema.length == 0) {
        return error_fail(error, TURNOUT_CONFLICT, "redis",
                          "Redis no longer holds %s, which it held before: put its files back and start it "
                          "again; turnoutd does not begin the election anew while it runs",
                          election->id);
    }
    if (!slice_copy(reply_text(reply->element[2]), inspection->generation, sizeof inspection->generation)) {
        return error_fail(error, TURNOUT_CONFLICT, "redis", "Redis holds %s with a generation that is none",
                          election->id);
    }
    (void)slice_copy(reply_text(reply->element[5]), inspecting->phase, sizeof inspecting->phase);
    enum turnout_error failed =
        meta_words_judge(schema, reply_text(reply->element[1]), reply_text(reply->element[3]), election,
                         store_register(inspecting->store),
                         "put those files of the other servers there, and they are taken up", error);
    return failed == TURNOUT_OK ? election_times_judge(reply_text(reply->element[4]), election, error)
                                : failed;
}

static void take_change(struct inspecting *inspecting, const redisReply *reply)
{
    unsigned char digest[REGISTER_DIGEST_BYTES];
    if (words_read_hex(reply_text(reply), digest, sizeof digest)) {
        register_fingerprint(digest, inspecting->inspection.changing_to);
    }
}

/* A phase is changed in the provinces and in meta one after the other. */
static enum turnout_error judge_phase(const struct inspecting *inspecting, uint32_t province,
                                      const redisReply *reply, struct error *error)
{
    const struct election_register *reg = store_register(inspecting->store);
    struct slice phase = reply_text(reply);
    if (phase.length == 0 || inspecting->phase[0] == '\0' || slice_equals(phase, inspecting->phase) ||
        province > reg->province_count) { /* another register was taken up since it was asked */
        return TURNOUT_OK;                /* what is not there is for other checks */
    }
    return error_fail(error, TURNOUT_CONFLICT, "redis",
                      "province %s is in the phase `%.*s`, the election in `%s`: the phase is being changed; "
                      "when that stays so, it was interrupted: ask for the phase that is wanted again",
                      reg->areas[province].code, (int)phase.length, phase.bytes, inspecting->phase);
}

/* ---- the clock ---- */

/* Redis says seconds and microseconds. It looked at its clock between the question and now. */
static void take_time(struct inspecting *inspecting, const redisReply *reply)
{
    int64_t seconds;
    if (!reply_is_list_of(reply, 2) ||
        !text_parse_integer(reply_text(reply->element[0]), 0, INT64_MAX / 1000, &seconds)) {
        return;
    }
    int64_t at_ms = seconds * 1000;
    int64_t now_ms = clock_wall_ms();
    int64_t *ahead_ms = &inspecting->inspection.clock_ahead_ms;
    *ahead_ms = at_ms > now_ms                 ? at_ms - now_ms
                : at_ms < inspecting->asked_ms ? at_ms - inspecting->asked_ms
                                               : 0;
}

/* ---- the functions ---- */

static void on_loaded(void *context, const redisReply *reply, const char *why)
{
    struct inspecting *inspecting = context;
    struct error error;
    if (reply == NULL) {
        inspecting->is_lost = true;
    } else if (reply->type == REDIS_REPLY_ERROR) {
        enum turnout_error failed =
            error_fail(&error, TURNOUT_UNAVAILABLE, "redis",
                       "Redis has lost the functions of turnoutd, and does not take them again: %s",
                       reply_words(reply, why));
        note(&inspecting->inspection.functions, failed, &error);
    } else {
        inspecting->inspection.has_loaded_functions = true;
    }
    conclude(inspecting);
}

static enum turnout_error judge_functions(struct inspecting *inspecting, const redisReply *reply,
                                          struct error *error)
{
    if (reply->type == REDIS_REPLY_ERROR) {
        return error_fail(error, TURNOUT_UNAVAILABLE, "redis",
                          "Redis does not tell whether it has the functions of turnoutd: %s", reply->str);
    }
    enum library_found found = function_library_compare(reply);
    inspecting->wants_functions = found == LIBRARY_OLDER;
    inspecting->inspection.has_other_functions = found == LIBRARY_ANOTHER || found == LIBRARY_NEWER;
    return inspecting->inspection.has_other_functions ? function_library_fail(found, error) : TURNOUT_OK;
}

/* ---- questions and answers ---- */

static void take(struct inspecting *inspecting, int question, const redisReply *reply)
{
    struct store_inspection *inspection = &inspecting->inspection;
    struct error error;
    if (question == ASK_SETTINGS) {
        note(&inspection->durability, durability_judge(reply, &error), &error);
    } else if (question == ASK_STATE) {
        inspection->is_rewriting = !tells_no_rewriting(reply);
        take_memory(inspecting, reply);
    } else if (question < ASK_OUR_RIGHTS) {
        note(&inspection->durability, judge_right_of_default(reply, question - ASK_RIGHTS_OF_DEFAULT, &error),
             &error);
    } else if (question < ASK_FUNCTIONS) {
        note(&inspection->rights, judge_our_right(inspecting, reply, question - ASK_OUR_RIGHTS, &error),
             &error);
    } else if (question == ASK_META) {
        note(&inspection->election, judge_meta(inspecting, reply, &error), &error);
    } else if (question == ASK_CHANGE) {
        take_change(inspecting, reply);
    } else if (question == ASK_TIME) {
        take_time(inspecting, reply);
    } else if (question >= ASK_PHASES) {
        note(&inspection->phases,
             judge_phase(inspecting, (uint32_t)(question - ASK_PHASES) + 1, reply, &error), &error);
    } else {
        note(&inspection->functions, judge_functions(inspecting, reply, &error), &error);
    }
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    (void)why;
    struct inspecting *inspecting = context;
    int question = inspecting->answered++;
    inspecting->is_lost = inspecting->is_lost || reply == NULL;
    if (!inspecting->is_lost) {
        take(inspecting, question, reply);
    }
    if (inspecting->answered < inspecting->questions) {
        return;
    }
    if (inspecting->is_lost || !inspecting->wants_functions) {
        conclude(inspecting);
        return;
    }
    struct redis_command load;
    function_library_put_load(&load);
    store_send(inspecting->store, &load, on_loaded, inspecting);
}

static void put_question(const struct inspecting *inspecting, int question, struct redis_command *command)
{
    char key[REDIS_KEY_BYTES];
    if (question == ASK_SETTINGS) {
        durability_put_question(command);
    } else if (question == ASK_STATE) {
        redis_command_begin(command, "INFO");
        redis_command_put_text(command, "persistence");
        redis_command_put_text(command, "memory");
    } else if (question < ASK_OUR_RIGHTS) {
        redis_rights_put_question(command, "default", question - ASK_RIGHTS_OF_DEFAULT);
    } else if (question < ASK_FUNCTIONS) {
        redis_rights_put_question(command, our_user(inspecting), question - ASK_OUR_RIGHTS);
    } else if (question == ASK_FUNCTIONS) {
        function_library_put_question(command);
    } else if (question == ASK_TIME) {
        redis_command_begin(command, "TIME");
    } else if (question >= ASK_PHASES) {
        struct province_keys keys;
        store_keys_of(inspecting->store, (uint32_t)(question - ASK_PHASES) + 1, &keys);
        redis_command_begin(command, "HGET");
        redis_command_put_text(command, keys.text[KEY_TOTALS]);
        redis_command_put_text(command, "phase");
    } else if (question == ASK_CHANGE) {
        redis_key_change(store_election(inspecting->store), key);
        redis_command_begin(command, "HGET");
        redis_command_put_text(command, key);
        redis_command_put_text(command, "to");
    } else {
        redis_key_meta(store_election(inspecting->store), key);
        redis_command_begin(command, "HMGET");
        redis_command_put_text(command, key);
        redis_command_put_text(command, "schema");
        redis_command_put_text(command, "digest");
        redis_command_put_text(command, "generation");
        redis_command_put_text(command, "files");
        redis_command_put_text(command, "times");
        redis_command_put_text(command, "phase");
    }
}

void store_inspect(struct store *store, store_inspected_fn *on_inspected, void *context)
{
    struct inspecting *inspecting = memory_new(sizeof *inspecting);
    *inspecting = (struct inspecting){
        .store = store,
        .on_inspected = on_inspected,
        .context = context,
        .asked_ms = clock_wall_ms(),
        .questions = ASK_PHASES + (int)store_register(store)->province_count,
        .inspection = {.durability = {.is_ok = true},
                       .rights = {.is_ok = true},
                       .functions = {.is_ok = true},
                       .election = {.is_ok = true},
                       .phases = {.is_ok = true}},
    };
    for (int question = 0; question < inspecting->questions; question++) {
        struct redis_command command;
        put_question(inspecting, question, &command);
        store_send(store, &command, on_reply, inspecting);
    }
}
