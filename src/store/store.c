/* The store: a link to Redis, and how commands go out on it. */
#include <turnout/store/store.h>

#include <assert.h>
#include <stdlib.h>

#include <turnout/base/memory.h>

#include "store_private.h"

struct store {
    struct store_options options;
    struct store_counters counters;
    struct event_base *base;
    struct redis_link_options link_options;
    struct redis_link *link;
};

struct store *store_new(struct event_base *base, const struct store_options *options, store_link_fn *on_link,
                        void *context)
{
    struct store *store = memory_new(sizeof *store);
    store->options = *options;
    store->base = base;
    store->link_options = (struct redis_link_options){
        .address = options->address,
        .command_deadline_ms = options->command_deadline_ms,
        .counters = &store->counters,
        .on_link = on_link,
        .context = context,
    };
    store->link = redis_link_new(base, &store->link_options);
    return store;
}

void store_start(struct store *store)
{
    redis_link_start(store->link);
}

void store_free(struct store *store)
{
    if (store == NULL) {
        return;
    }
    redis_link_free(store->link);
    free(store);
}

void store_set_register(struct store *store, const struct election_register *reg)
{
    redis_link_free(store->link); /* answers everything */
    store->options.reg = reg;
    store->link = redis_link_new(store->base, &store->link_options);
    redis_link_start(store->link);
}

bool store_is_up(const struct store *store)
{
    return redis_link_is_up(store->link);
}

const char *store_why(const struct store *store)
{
    return redis_link_why(store->link);
}

bool store_has_room(const struct store *store)
{
    return store_is_up(store) && redis_link_in_flight_bytes(store->link) < store->options.in_flight_bytes_max;
}

const struct store_counters *store_counters(const struct store *store)
{
    return &store->counters;
}

struct store_counters *store_counting(struct store *store)
{
    return &store->counters;
}

const struct election_register *store_register(const struct store *store)
{
    return store->options.reg;
}

const struct election *store_election(const struct store *store)
{
    return store->options.election;
}

const struct store_address *store_address(const struct store *store)
{
    return &store->options.address;
}

void store_keys_of(const struct store *store, uint32_t province, struct province_keys *ret_keys)
{
    assert(province > REGISTER_NATION && province <= store->options.reg->province_count);
    province_keys_init(ret_keys, store->options.election, store->options.reg->areas[province].code);
}

void store_begin_call(const struct store *store, struct redis_command *command, enum store_call kind,
                      const char *function, uint32_t province, const int *keys, uint32_t count)
{
    struct province_keys names;
    store_keys_of(store, province, &names);
    redis_command_begin_call(command, kind == CALL_READING ? "FCALL_RO" : "FCALL", function, count);
    for (uint32_t i = 0; i < count; i++) {
        redis_command_put_text(command, names.text[keys[i]]);
    }
}

void store_begin_units(const struct store *store, struct redis_command *command, int key, uint32_t first,
                       uint32_t count)
{
    const struct election_register *reg = store->options.reg;
    assert(count > 0 && first < reg->unit_count && count <= reg->unit_count - first);
    uint32_t province = register_province_of(reg, reg->units[first].commune);
    assert(register_province_of(reg, reg->units[first + count - 1].commune) == province);
    struct province_keys names;
    store_keys_of(store, province, &names);
    redis_command_begin(command, "HMGET");
    redis_command_put_text(command, names.text[key]);
    for (uint32_t i = 0; i < count; i++) {
        redis_command_put_text(command, reg->units[first + i].code);
    }
}

void store_send(struct store *store, struct redis_command *command, redis_link_reply_fn *on_reply,
                void *context)
{
    redis_link_send(store->link, redis_command_bytes(command), on_reply, context);
    redis_command_done(command);
}

void store_distrust(struct store *store, const char *why)
{
    redis_link_distrust(store->link, why);
}
