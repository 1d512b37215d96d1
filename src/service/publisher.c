/* Reading, checking, publishing. One reading of the election at a time: a timer starts it, the answers of all
 * provinces complete it, and only a complete one can become a publication. */
#include <turnout/service/publisher.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/service/counters.h>

enum { REVISION_UNKNOWN = -1 };

struct publisher {
    struct publisher_options options;
    publisher_published_fn *on_published;
    void *context;
    struct event *timer;
    struct area_figures *areas; /* as last read; the nation's is computed */
    int64_t *known_revision;    /* one an area, used for provinces */
    enum store_phase phase;
    uint32_t answers_awaited; /* of the reading under way */
    bool reading_failed;
    bool moved;           /* since the last publication */
    bool is_dark;         /* the last reading failed: said once */
    int64_t published_ms; /* monotonic; 0: never */
    struct publisher_counters counters;
};

/* ---- checking ---- */

static const char *check_communes(const struct publisher *publisher, const struct store_province *province)
{
    const struct area *area = &publisher->options.reg->areas[province->province];
    struct totals sum = {0};
    for (uint32_t i = 0; i < province->commune_count; i++) {
        uint32_t units = publisher->options.reg->areas[area->first_child + i].units;
        if (!totals_plausible(&province->communes[i], units)) {
            return "a commune's totals contradict themselves";
        }
        totals_add(&sum, &province->communes[i]);
    }
    if (!totals_equal(&sum, &province->totals)) {
        return "the communes do not add up to the province";
    }
    if (province->totals.revision < publisher->known_revision[province->province]) {
        return "the revision went back: reports that were counted are gone";
    }
    return NULL;
}

static void mark_province(struct publisher *publisher, uint32_t province, bool verified)
{
    const struct area *area = &publisher->options.reg->areas[province];
    publisher->areas[province].verified = verified;
    for (uint32_t i = 0; i < area->children; i++) {
        publisher->areas[area->first_child + i].verified = verified;
    }
}

static void refuse_province(struct publisher *publisher, uint32_t province, const char *why)
{
    if (publisher->areas[province].verified || publisher->known_revision[province] == REVISION_UNKNOWN) {
        log_error("under-verification", log_text("province", publisher->options.reg->areas[province].code),
                  log_text("why", why));
        publisher->moved = true;
    }
    mark_province(publisher, province, false);
    counter_add(&publisher->counters.verification_failures, 1);
}

static bool is_complete(const struct totals *totals)
{
    return totals->registered > 0 && totals->voted == totals->registered;
}

static void take_province(struct publisher *publisher, const struct store_province *province)
{
    const char *fault = check_communes(publisher, province);
    if (fault != NULL) {
        refuse_province(publisher, province->province, fault);
        return;
    }
    const struct area *area = &publisher->options.reg->areas[province->province];
    struct area_figures *figures = &publisher->areas[province->province];
    if (!figures->verified && publisher->known_revision[province->province] != REVISION_UNKNOWN) {
        log_info("verified-again", log_text("province", area->code));
    }
    figures->totals = province->totals;
    figures->communes_complete = 0;
    for (uint32_t i = 0; i < province->commune_count; i++) {
        struct area_figures *commune = &publisher->areas[area->first_child + i];
        commune->totals = province->communes[i];
        commune->communes_complete = is_complete(&commune->totals) ? 1 : 0;
        figures->communes_complete += commune->communes_complete;
    }
    mark_province(publisher, province->province, true);
    publisher->known_revision[province->province] = province->totals.revision;
    publisher->moved = true;
}

/* ---- publishing ---- */

static void sum_nation(struct publisher *publisher)
{
    struct area_figures nation = {.verified = true};
    for (uint32_t province = 1; province <= publisher->options.reg->province_count; province++) {
        totals_add(&nation.totals, &publisher->areas[province].totals);
        nation.communes_complete += publisher->areas[province].communes_complete;
        nation.verified = nation.verified && publisher->areas[province].verified;
    }
    publisher->areas[REGISTER_NATION] = nation;
}

static void publish(struct publisher *publisher)
{
    int64_t started_us = clock_monotonic_us();
    sum_nation(publisher);
    uint32_t count = publisher->options.reg->area_count;
    struct area_figures *areas = memory_new_array(count, sizeof *areas);
    memcpy(areas, publisher->areas, count * sizeof *areas);

    struct figures figures = {
        .election = publisher->options.election,
        .reg = publisher->options.reg,
        .test = publisher->phase == PHASE_REHEARSAL || publisher->options.takes_unsigned,
        .durability = publisher->options.durable ? "strict" : "relaxed",
        .generated_at = clock_wall_ms() / 1000,
    };
    struct publication *publication = publication_new(&figures, areas, publisher->phase);
    publisher->moved = false;
    publisher->published_ms = clock_monotonic_ms();
    counter_add(&publisher->counters.publications, 1);
    counter_add(&publisher->counters.render_us, (uint64_t)(clock_monotonic_us() - started_us));
    publisher->on_published(publisher->context, publication);
    publication_release(publication);
}

/* ---- reading ---- */

static void fail_reading(struct publisher *publisher, const char *why)
{
    publisher->reading_failed = true;
    if (!publisher->is_dark) {
        publisher->is_dark = true;
        log_warning("figures-ageing", log_text("why", why));
    }
}

/* Whether it is time to say again that the figures still stand. */
static bool is_due(const struct publisher *publisher)
{
    return clock_monotonic_ms() - publisher->published_ms >= PUBLISHER_RENEW_MS;
}

static void complete_reading(struct publisher *publisher)
{
    if (publisher->reading_failed) {
        counter_add(&publisher->counters.readings_failed, 1);
        return;
    }
    int64_t now_ms = clock_monotonic_ms();
    counter_add(&publisher->counters.readings, 1);
    atomic_store(&publisher->counters.confirmed_ms, now_ms);
    if (publisher->is_dark) {
        publisher->is_dark = false;
        log_info("figures-current",
                 log_number("revision", publisher->areas[REGISTER_NATION].totals.revision));
    }
    if (publisher->moved || publisher->published_ms == 0 || is_due(publisher)) {
        publish(publisher);
    }
}

static void count_answer(struct publisher *publisher)
{
    assert(publisher->answers_awaited > 0);
    publisher->answers_awaited--;
    if (publisher->answers_awaited == 0) {
        complete_reading(publisher);
    }
}

/* Says which province an answer is for, when the answer itself does not. */
struct question {
    struct publisher *publisher;
    uint32_t province;
};

static void on_province(void *context, enum turnout_error error, const char *why,
                        const struct store_province *province)
{
    struct question *question = context;
    struct publisher *publisher = question->publisher;
    if (error == TURNOUT_BAD_INPUT) {
        refuse_province(publisher, question->province, why);
    } else if (error != TURNOUT_OK) {
        fail_reading(publisher, why);
    } else if (province != NULL) {
        take_province(publisher, province);
    }
    free(question);
    count_answer(publisher);
}

static void on_meta(void *context, enum turnout_error error, const char *why, const struct store_meta *meta)
{
    struct publisher *publisher = context;
    if (error != TURNOUT_OK) {
        fail_reading(publisher, why);
    } else if (meta->phase != publisher->phase) {
        log_info("phase", log_text("now", store_phase_name(meta->phase)));
        publisher->phase = meta->phase;
        publisher->moved = true;
    }
    count_answer(publisher);
}

void publisher_read_now(struct publisher *publisher)
{
    if (publisher->answers_awaited > 0) {
        return; /* Redis is slow; the next turn will do */
    }
    uint32_t provinces = publisher->options.reg->province_count;
    bool reads_all = is_due(publisher); /* what was changed behind our back does not move a revision */
    publisher->reading_failed = false;
    publisher->answers_awaited = provinces + 1;
    for (uint32_t province = 1; province <= provinces; province++) {
        struct question *question = memory_new(sizeof *question);
        *question = (struct question){publisher, province};
        /* One that did not add up is read again each time: it may have been mended without moving. */
        bool is_known = publisher->areas[province].verified && !reads_all;
        int64_t known = is_known ? publisher->known_revision[province] : REVISION_UNKNOWN;
        store_read_province(publisher->options.store, province, known, on_province, question);
    }
    store_read_meta(publisher->options.store, on_meta, publisher);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    publisher_read_now(context);
}

struct publisher *publisher_new(struct event_base *base, const struct publisher_options *options,
                                publisher_published_fn *on_published, void *context)
{
    struct publisher *publisher = memory_new(sizeof *publisher);
    publisher->options = *options;
    publisher->on_published = on_published;
    publisher->context = context;
    publisher->phase = PHASE_REHEARSAL;
    publisher->areas = memory_new_array(options->reg->area_count, sizeof *publisher->areas);
    publisher->known_revision = memory_new_array(options->reg->area_count, sizeof *publisher->known_revision);
    for (uint32_t area = 0; area < options->reg->area_count; area++) {
        publisher->known_revision[area] = REVISION_UNKNOWN;
    }
    atomic_store(&publisher->counters.confirmed_ms, clock_monotonic_ms());
    publisher->timer = event_new(base, -1, EV_PERSIST, on_timer, publisher);
    assert(publisher->timer != NULL);
    return publisher;
}

void publisher_start(struct publisher *publisher)
{
    int64_t period_ms = publisher->options.period_ms;
    struct timeval period = {.tv_sec = period_ms / 1000, .tv_usec = period_ms % 1000 * 1000};
    int failed = event_add(publisher->timer, &period);
    assert(failed == 0);
}

void publisher_free(struct publisher *publisher)
{
    if (publisher != NULL) {
        assert(publisher->answers_awaited == 0);
        event_free(publisher->timer);
        free(publisher->areas);
        free(publisher->known_revision);
        free(publisher);
    }
}

const struct publisher_counters *publisher_counters(const struct publisher *publisher)
{
    return &publisher->counters;
}
