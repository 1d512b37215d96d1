/* What is known of communes. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>

#include "tally_private.h"

static const char why_uncertain[] = "not known to be stored";

struct tally_commune *tally_commune_of(struct tally *tally, uint32_t unit)
{
    uint32_t area = tally->reg->units[unit].commune;
    if (tally->communes[area] == NULL) {
        struct tally_commune *commune = memory_new(sizeof *commune);
        commune->tally = tally;
        commune->area = area;
        commune->province = &tally->provinces[tally->reg->areas[area].parent - 1];
        tally->communes[area] = commune;
    }
    return tally->communes[area];
}

/* ---- held reports ---- */

struct unit_held *commune_find_held(struct tally_commune *commune, uint32_t unit)
{
    for (size_t i = 0; i < commune->held_count; i++) {
        if (commune->held[i].unit == unit) {
            return &commune->held[i];
        }
    }
    return NULL;
}

struct held_report *commune_add_held(struct tally_commune *commune, uint32_t unit)
{
    struct unit_held *held = commune_find_held(commune, unit);
    if (held == NULL) {
        commune->held = memory_resize(commune->held, commune->held_count + 1, sizeof *commune->held);
        held = &commune->held[commune->held_count++];
        *held = (struct unit_held){.unit = unit};
    }
    if (held->count == held->capacity) {
        held->capacity = held->capacity == 0 ? 4 : 2 * held->capacity;
        held->reports = memory_resize(held->reports, held->capacity, sizeof *held->reports);
    }
    return &held->reports[held->count++];
}

/* ---- forgetting ---- */

static void drop_state(struct tally_commune *commune)
{
    for (size_t i = 0; i < commune->held_count; i++) {
        free(commune->held[i].reports);
    }
    free(commune->held);
    free(commune->units);
    commune->held = NULL;
    commune->held_count = 0;
    commune->units = NULL;
    commune->status = COMMUNE_UNKNOWN;
}

static void list_waiting(struct tally_commune *commune)
{
    if (!commune->is_listed_waiting) {
        commune->is_listed_waiting = true;
        commune->next_waiting = commune->tally->waiting;
        commune->tally->waiting = commune;
    }
}

/* Takes the commune out of its province's list of those with something gathered. */
static void drop_gathered(struct tally_commune *commune)
{
    struct tally_province *province = commune->province;
    struct tally_commune **at = &province->gathered;
    struct tally_commune *before = NULL;
    while (*at != commune) {
        before = *at;
        at = &(*at)->next_gathered;
    }
    *at = commune->next_gathered;
    if (province->gathered_last == commune) {
        province->gathered_last = before;
    }
    province->gathered_lines -= commune->gathered->line_count;
    batch_free(commune->gathered);
    commune->gathered = NULL;
}

void commune_forget(struct tally_commune *commune)
{
    if (commune->status != COMMUNE_READY) {
        return;
    }
    struct message_list unanswered = {NULL, NULL};
    for (struct batch *batch = commune->in_flight; batch != NULL; batch = batch->next) {
        message_list_append(&unanswered, &batch->messages);
        batch->commune = NULL; /* its answer frees it */
    }
    commune->in_flight = NULL;
    commune->in_flight_last = NULL;
    if (commune->gathered != NULL) {
        message_list_append(&unanswered, &commune->gathered->messages);
        drop_gathered(commune);
    }
    drop_state(commune);
    for (struct message *message; (message = message_list_pop(&unanswered)) != NULL;) {
        message->tries++;
        if (message->tries >= TALLY_TRIES_MAX) {
            tally_answer_unavailable(commune->tally, message, why_uncertain);
        } else {
            message_list_add(&commune->waiting, message);
        }
    }
    if (commune->waiting.first != NULL) {
        list_waiting(commune);
    }
}

void tally_forget_province(struct tally *tally, struct tally_province *province)
{
    const struct area *area = &tally->reg->areas[province->area];
    for (uint32_t i = 0; i < area->children; i++) {
        struct tally_commune *commune = tally->communes[area->first_child + i];
        if (commune != NULL) {
            commune_forget(commune);
        }
    }
}

void tally_forget_all(struct tally *tally)
{
    for (uint32_t i = 0; i < tally->reg->province_count; i++) {
        tally_forget_province(tally, &tally->provinces[i]);
        tally->provinces[i].is_ground_known = false;
    }
}

void commune_free(struct tally_commune *commune)
{
    if (commune != NULL) {
        assert(commune->waiting.first == NULL && commune->in_flight == NULL && commune->gathered == NULL);
        drop_state(commune);
        free(commune);
    }
}

/* ---- loading ---- */

static bool is_same_ground(const struct store_ground *a, const struct store_ground *b)
{
    return a->phase == b->phase && a->is_opening == b->is_opening &&
           strcmp(a->generation, b->generation) == 0 && memcmp(a->digest, b->digest, sizeof a->digest) == 0;
}

/* Decisions made on another ground must not be sent under this one: their messages are decided again. */
void province_set_ground(struct tally *tally, struct tally_province *province,
                         const struct store_ground *ground)
{
    if (province->is_ground_known && !is_same_ground(&province->ground, ground)) {
        tally_forget_province(tally, province);
    }
    province->ground = *ground;
    province->is_ground_known = true;
}

static void keep_loaded(struct tally_commune *commune, const struct store_loaded *loaded)
{
    size_t units = commune->tally->reg->areas[commune->area].units;
    commune->known = loaded->commune;
    commune->units = memory_new_array(units, sizeof *commune->units);
    if (units > 0) {
        memcpy(commune->units, loaded->units, units * sizeof *commune->units);
    }
    for (size_t i = 0; i < loaded->held_count; i++) {
        *commune_add_held(commune, loaded->held[i].unit) = loaded->held[i].report;
    }
    commune->status = COMMUNE_READY;
}

static void answer_all(struct tally *tally, struct message_list *messages, const char *why)
{
    for (struct message *message; (message = message_list_pop(messages)) != NULL;) {
        tally_answer_unavailable(tally, message, why);
    }
}

static void on_loaded(void *context, enum turnout_error error, const char *why,
                      const struct store_loaded *loaded)
{
    struct tally_commune *commune = context;
    struct tally *tally = commune->tally;
    commune->status = COMMUNE_UNKNOWN;
    if (!tally_is_up(tally)) {
        return; /* the messages wait until the link is settled again, or for their deadline */
    }
    struct message_list waiting = commune->waiting;
    commune->waiting = (struct message_list){NULL, NULL};
    if (error == TURNOUT_UNAVAILABLE) {
        tally_unsettle(tally, why);
        answer_all(tally, &waiting, "Redis refuses to answer");
        return;
    }
    if (error != TURNOUT_OK) {
        log_error("commune-unreadable", log_text("commune", tally->reg->areas[commune->area].code),
                  log_text("why", why));
        for (struct message *message; (message = message_list_pop(&waiting)) != NULL;) {
            tally_answer_unsound(tally, message);
        }
        return;
    }
    province_set_ground(tally, commune->province, &loaded->ground);
    if (memcmp(loaded->ground.digest, tally->reg->digest, sizeof loaded->ground.digest) != 0) {
        log_error("another-register", log_text("province", tally->reg->areas[commune->province->area].code));
        answer_all(tally, &waiting, "Redis holds the election with another register");
        return;
    }
    if (loaded->ground.is_opening) {
        answer_all(tally, &waiting, "the election is being opened");
        return;
    }
    keep_loaded(commune, loaded);
    commune->confirmed_at = commune->asked_at;
    commune->confirmed_ms = commune->asked_ms;
    /* If a message came after the question was asked, its refusal waits for another load. */
    for (struct message *message; (message = message_list_pop(&waiting)) != NULL;) {
        commune_take(commune, message);
    }
}

static void load(struct tally_commune *commune)
{
    struct tally *tally = commune->tally;
    if (commune->status == COMMUNE_UNKNOWN && tally_is_up(tally) && !tally->is_stopping) {
        commune->status = COMMUNE_LOADING;
        commune->asked_at = ++tally->moment;
        commune->asked_ms = clock_monotonic_ms();
        store_load(tally->store, commune->area, on_loaded, commune);
    }
}

/* After its deadline a message is not decided again: it would be in flight for another full deadline. */
void commune_take(struct tally_commune *commune, struct message *message)
{
    if (message->deadline_ms <= clock_monotonic_ms()) {
        tally_answer_unavailable(commune->tally, message, why_uncertain);
        return;
    }
    if (commune->status == COMMUNE_READY) {
        commune_decide(commune, message);
        return;
    }
    message_list_add(&commune->waiting, message);
    list_waiting(commune);
    load(commune);
}

void commune_take_when_loaded(struct tally_commune *commune, struct message *message)
{
    commune_forget(commune);
    commune_take(commune, message);
}

/* ---- what waits ---- */

/* Removes the communes from the list for which nothing waits any more. */
static void prune_waiting(struct tally *tally)
{
    struct tally_commune **at = &tally->waiting;
    while (*at != NULL) {
        struct tally_commune *commune = *at;
        if (commune->waiting.first == NULL) {
            *at = commune->next_waiting;
            commune->is_listed_waiting = false;
        } else {
            at = &commune->next_waiting;
        }
    }
}

void tally_load_waiting(struct tally *tally)
{
    prune_waiting(tally);
    for (struct tally_commune *commune = tally->waiting; commune != NULL; commune = commune->next_waiting) {
        load(commune);
    }
}

void tally_answer_overdue(struct tally *tally, int64_t now_ms)
{
    prune_waiting(tally);
    for (struct tally_commune *commune = tally->waiting; commune != NULL; commune = commune->next_waiting) {
        struct message_list waiting = commune->waiting;
        commune->waiting = (struct message_list){NULL, NULL};
        for (struct message *message; (message = message_list_pop(&waiting)) != NULL;) {
            if (message->deadline_ms <= now_ms) {
                tally_answer_unavailable(tally, message, why_uncertain);
            } else {
                message_list_add(&commune->waiting, message);
            }
        }
    }
}

void tally_answer_waiting(struct tally *tally, const char *why)
{
    for (struct tally_commune *commune = tally->waiting; commune != NULL; commune = commune->next_waiting) {
        answer_all(tally, &commune->waiting, why);
    }
}
