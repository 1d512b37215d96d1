/* Loading a commune. */
#include <turnout/store/load.h>

#include <assert.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "ground_words.h"
#include "redis_reply.h"
#include "store_private.h"
#include "words.h"

enum { LOAD_PARTS = 6 }; /* generation, digest, phase, the commune's words, its units, their held reports */

struct load {
    const struct election_register *reg;
    uint32_t commune;
    store_loaded_fn *on_loaded;
    void *context;
};

static enum turnout_error blame(struct error *error, const char *key, const char *field, const char *what)
{
    return error_fail(error, TURNOUT_BAD_INPUT, "", "%s %s: %s", key, field, what);
}

static enum turnout_error read_held(const struct load *load, const redisReply *list, struct store_held **held,
                                    size_t *count, struct error *error)
{
    for (uint32_t i = 0; i < list->elements; i++) {
        uint32_t unit = load->reg->areas[load->commune].first_child + i;
        struct slice words = reply_text(list->element[i]);
        struct held_report report;
        while (words_next_held(&words, &report)) {
            *held = memory_resize(*held, *count + 1, sizeof **held);
            (*held)[(*count)++] = (struct store_held){unit, report};
        }
        if (words.length > 0) {
            return blame(error, "aside", load->reg->units[unit].code, "not the held reports of a unit");
        }
    }
    return TURNOUT_OK;
}

static enum turnout_error read_all(const struct load *load, const redisReply *reply,
                                   struct store_loaded *loaded, struct unit_state *units,
                                   struct store_held **held, struct error *error)
{
    const struct area *commune = &load->reg->areas[load->commune];
    if (!reply_is_list_of(reply, LOAD_PARTS) || !reply_is_list_of(reply->element[4], commune->units) ||
        (!reply_is_list_of(reply->element[5], commune->units) && !reply_is_list_of(reply->element[5], 0))) {
        return blame(error, "communes", commune->code, "turnout_load answered something else than a commune");
    }
    const char *field = ground_words_read(reply, 0, &loaded->ground);
    if (field != NULL) {
        return blame(error, "totals", field, "not what a province has there");
    }
    if (!words_read_commune(reply_text(reply->element[3]), &loaded->commune)) {
        return blame(error, "communes", commune->code, "not the words of a commune");
    }
    enum turnout_error failed =
        store_take_units(reply->element[4], &load->reg->units[commune->first_child], units, error);
    return failed == TURNOUT_OK ? read_held(load, reply->element[5], held, &loaded->held_count, error)
                                : failed;
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct load *load = context;
    struct error error = {.text = ""};
    struct store_loaded loaded = {.held_count = 0};
    struct unit_state *units = memory_new_array(load->reg->areas[load->commune].units, sizeof *units);
    struct store_held *held = NULL;
    enum turnout_error failed =
        reply == NULL || reply->type == REDIS_REPLY_ERROR
            ? error_fail(&error, reply_error(reply), "", "%s", reply_words(reply, why))
            : read_all(load, reply, &loaded, units, &held, &error);
    loaded.units = units;
    loaded.held = held;
    load->on_loaded(load->context, failed, error.text, failed == TURNOUT_OK ? &loaded : NULL);
    free(units);
    free(held);
    free(load);
}

void store_load(struct store *store, uint32_t commune, store_loaded_fn *on_loaded, void *context)
{
    static const int keys[] = {KEY_TOTALS, KEY_COMMUNES, KEY_UNITS, KEY_ASIDE};
    const struct election_register *reg = store_register(store);
    const struct area *area = &reg->areas[commune];
    assert(area->level == AREA_COMMUNE);
    struct redis_command command;
    store_begin_call(store, &command, CALL_READING, "turnout_load", area->parent, keys, 4);
    redis_command_put_text(&command, area->code);
    for (uint32_t i = 0; i < area->units; i++) {
        redis_command_put_text(&command, reg->units[area->first_child + i].code);
    }
    struct load *load = memory_new(sizeof *load);
    *load = (struct load){reg, commune, on_loaded, context};
    store_send(store, &command, on_reply, load);
}
