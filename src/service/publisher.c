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
#include <turnout/store/commit.h>
#include <turnout/store/meta.h>
#include <turnout/store/read.h>

#include "province_check.h"

enum {
    /* A burst of all would keep reports waiting in Redis for as long as all take, and one by one would take too long
     * while Redis is busy. */
    PROVINCES_AT_A_TIME = 8,
};

struct publisher {
    struct publisher_options options;
    publisher_published_fn *on_published;
    void *context;
    struct event *timer;
    struct event *meta_timer;    /* NULL: the other one is quick enough */
    struct area_figures *areas;  /* as last read; the nation's is computed */
    struct store_version *known; /* one an area, used for provinces */
    struct store_meta meta;
    struct public_ledger *ledger;
    char (*ledger_ids)
        [STORE_STREAM_ID_BYTES]; /* the last entries known: [0] the election's, [p] province p's */
    bool *ledger_has_more;       /* behind them, by area */
    struct publication *shown;   /* what the public sees; NULL before the first */
    bool shows_durable;          /* it says that acknowledged means durable */
    bool shows_rehearsal;        /* its figures are of the rehearsal */
    bool is_withheld;            /* it has no figures */
    uint32_t rounds_shown;       /* rounds whose time had passed when its figures were read */
    uint32_t answers_awaited;    /* of the reading under way */
    uint32_t next_province;      /* to be asked for in it */
    bool reads_all;              /* in it: also what has not moved */
    bool reading_failed;
    bool reading_is_durable; /* what it shows cannot be lost any more, and is remembered */
    bool is_settled;         /* a write of ours was answered on this link */
    bool is_settling;
    bool wants_all;        /* the next reading reads all */
    bool reads_meta_alone; /* the reading under way */
    bool wants_figures;    /* and one of everything is due after it */
    bool moved;            /* the figures, since they were last looked at */
    bool meta_moved;       /* likewise */
    bool ledger_moved;     /* likewise */
    bool ledger_is_bad;    /* a ledger could not be read: said once */
    bool is_dark;          /* the last reading failed: said once */
    int64_t renewed_ms;    /* when they were last looked at; monotonic; 0: never */
    struct publisher_counters counters;
};

/* ---- provinces ---- */

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
    if (publisher->areas[province].verified || publisher->renewed_ms == 0) {
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
    const char *fault = province_check(publisher->options.reg, publisher->options.losses, province);
    if (fault != NULL) {
        refuse_province(publisher, province->province, fault);
        return;
    }
    const struct area *area = &publisher->options.reg->areas[province->province];
    struct area_figures *figures = &publisher->areas[province->province];
    if (!figures->verified && publisher->renewed_ms != 0) {
        log_info("verified-again", log_text("province", area->code));
    }
    figures->totals = province->totals;
    figures->communes_complete = 0;
    figures->excused = (struct excused){0};
    for (uint32_t i = 0; i < province->commune_count; i++) {
        struct area_figures *commune = &publisher->areas[area->first_child + i];
        commune->totals = province->communes[i].totals;
        commune->excused = province->excused[i];
        excused_add(&figures->excused, &commune->excused);
        commune->communes_complete = is_complete(&commune->totals) ? 1 : 0;
        figures->communes_complete += commune->communes_complete;
    }
    mark_province(publisher, province->province, true);
    publisher->known[province->province] = province->version;
    publisher->moved = true;
    if (publisher->reading_is_durable) {
        losses_note(publisher->options.losses, province);
    }
}

/* ---- publishing ---- */

static void sum_nation(struct publisher *publisher)
{
    struct area_figures nation = {.verified = true};
    for (uint32_t province = 1; province <= publisher->options.reg->province_count; province++) {
        totals_add(&nation.totals, &publisher->areas[province].totals);
        excused_add(&nation.excused, &publisher->areas[province].excused);
        nation.communes_complete += publisher->areas[province].communes_complete;
        nation.verified = nation.verified && publisher->areas[province].verified;
    }
    publisher->areas[REGISTER_NATION] = nation;
}

/* Makes a publication of these figures, which it takes, and hands it on. What is shown again may be of a register that
 * was. */
static void publish(struct publisher *publisher, struct election_register *reg, struct area_figures *areas,
                    int64_t generated_at)
{
    int64_t started_us = clock_monotonic_us();
    publisher->shows_durable = atomic_load(publisher->options.is_durable);
    struct figures figures = {
        .election = publisher->options.election,
        .test = publisher->meta.phase == PHASE_REHEARSAL,
        .durability = publisher->shows_durable ? "strict" : "relaxed",
        .publication = publication_mode_name(publisher->meta.publication),
        .generated_at = generated_at,
    };
    struct publication *before = publisher->shown;
    publisher->shown =
        publication_new(&figures, reg, areas, publisher->meta.phase, public_ledger_page(publisher->ledger));
    publication_release(before);
    counter_add(&publisher->counters.publications, 1);
    counter_add(&publisher->counters.render_us, (uint64_t)(clock_monotonic_us() - started_us));
    const struct totals *nation = &areas[REGISTER_NATION].totals;
    atomic_store(&publisher->counters.revision, (uint64_t)nation->revision);
    atomic_store(&publisher->counters.voted, (uint64_t)nation->voted);
    publisher->on_published(publisher->context, publisher->shown);
    health_note_publication(publisher->options.health);
}

static struct area_figures *copy_areas(const struct election_register *reg, const struct area_figures *areas)
{
    uint32_t count = reg->area_count;
    struct area_figures *copy = memory_new_array(count, sizeof *copy);
    memcpy(copy, areas, count * sizeof *copy);
    return copy;
}

static uint32_t rounds_passed(const struct publisher *publisher)
{
    const struct election *election = publisher->options.election;
    int64_t now = clock_wall_ms() / 1000;
    uint32_t passed = 0;
    while (passed < election->round_count && election->rounds[passed] <= now) {
        passed++;
    }
    return passed;
}

/* The figures as they are. */
static void publish_current(struct publisher *publisher)
{
    sum_nation(publisher);
    publisher->shows_rehearsal = publisher->meta.phase == PHASE_REHEARSAL;
    publisher->is_withheld = false;
    publisher->rounds_shown = rounds_passed(publisher);
    struct election_register *reg = publisher->options.reg;
    publish(publisher, reg, copy_areas(reg, publisher->areas), clock_wall_ms() / 1000);
}

/* The figures as they were, under the phase and mode as they are. */
static void publish_again(struct publisher *publisher)
{
    const struct figures *figures = publication_figures(publisher->shown);
    struct election_register *reg = publication_register(publisher->shown);
    publish(publisher, reg, copy_areas(reg, figures->areas), figures->generated_at);
}

/* No figures: what was read may not be shown, and there is nothing older. */
static void publish_none(struct publisher *publisher)
{
    uint32_t count = publisher->options.reg->area_count;
    struct area_figures *areas = memory_new_array(count, sizeof *areas);
    for (uint32_t i = 0; i < count; i++) {
        areas[i] = (struct area_figures){.verified = true, .withheld = true};
    }
    publisher->is_withheld = true;
    publish(publisher, publisher->options.reg, areas, clock_wall_ms() / 1000);
}

static bool may_show_current(const struct publisher *publisher)
{
    switch (publisher->meta.publication) {
    case PUBLICATION_LIVE:
        return true;
    case PUBLICATION_ROUNDS:
        return rounds_passed(publisher) > publisher->rounds_shown;
    case PUBLICATION_HOLD:
        break;
    }
    return false;
}

/* Whether what is shown is of the phase: the rehearsal's figures are never shown for the election's. */
static bool is_of_this_phase(const struct publisher *publisher)
{
    bool is_rehearsal = publisher->meta.phase == PHASE_REHEARSAL;
    return publisher->shown != NULL && (publisher->is_withheld || publisher->shows_rehearsal == is_rehearsal);
}

static void renew(struct publisher *publisher)
{
    if (may_show_current(publisher)) {
        publish_current(publisher);
    } else if (!is_of_this_phase(publisher)) {
        publish_none(publisher);
    } else if (publisher->meta_moved || publisher->ledger_moved) {
        publish_again(publisher); /* changes are never withheld, and neither is who holds the figures back */
    }
    publisher->moved = false;
    publisher->meta_moved = false;
    publisher->ledger_moved = false;
    publisher->renewed_ms = clock_monotonic_ms();
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
    return clock_monotonic_ms() - publisher->renewed_ms >= PUBLISHER_RENEW_MS;
}

/* What may be shown has changed: that wants figures of now. */
static void complete_meta(struct publisher *publisher)
{
    publisher->reads_meta_alone = false;
    if (publisher->meta_moved || publisher->wants_figures) {
        publisher->wants_figures = false;
        publisher_read_now(publisher);
    }
}

static void remember(struct publisher *publisher)
{
    struct losses *losses = publisher->options.losses;
    if (publisher->reading_is_durable) {
        losses_note_meta(losses, &publisher->meta);
    }
    if (losses != NULL) {
        char words[LOSSES_WORDS_BYTES];
        losses_keep(losses, false);
        bool is_short = losses_describe(losses, words);
        health_post(publisher->options.health, HEALTH_LOSSES, true, is_short ? words : "");
    }
}

static void complete_reading(struct publisher *publisher)
{
    if (publisher->reads_meta_alone) {
        complete_meta(publisher);
        return;
    }
    if (publisher->reading_failed) {
        counter_add(&publisher->counters.readings_failed, 1);
        return;
    }
    remember(publisher);
    int64_t now_ms = clock_monotonic_ms();
    counter_add(&publisher->counters.readings, 1);
    atomic_store(&publisher->counters.confirmed_ms, now_ms);
    health_note_figures(publisher->options.health, now_ms);
    if (atomic_load(publisher->options.is_durable) != publisher->shows_durable) {
        publisher->meta_moved = true;
    }
    if (publisher->is_dark) {
        publisher->is_dark = false;
        log_info("figures-current",
                 log_number("revision", publisher->areas[REGISTER_NATION].totals.revision));
    }
    bool is_round = publisher->meta.publication == PUBLICATION_ROUNDS && may_show_current(publisher);
    bool has_moved = publisher->moved || publisher->meta_moved || publisher->ledger_moved;
    if (has_moved || publisher->renewed_ms == 0 || is_round || is_due(publisher)) {
        renew(publisher);
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
    uint32_t area;
};

static void on_ledger(void *context, enum turnout_error error, const char *why,
                      const struct store_ledger *ledger)
{
    struct question *question = context;
    struct publisher *publisher = question->publisher;
    if (error == TURNOUT_UNAVAILABLE) {
        fail_reading(publisher, why);
    } else if (error != TURNOUT_OK && !publisher->ledger_is_bad) {
        publisher->ledger_is_bad = true;
        log_error("bad-ledger", log_text("of", publisher->options.reg->areas[question->area].code),
                  log_text("why", why));
    } else if (error == TURNOUT_OK && ledger->count > 0) {
        for (size_t i = 0; i < ledger->count; i++) {
            public_ledger_add(publisher->ledger, &ledger->entries[i]);
        }
        memcpy(publisher->ledger_ids[question->area], ledger->last_id, sizeof ledger->last_id);
        publisher->ledger_moved = true;
    }
    publisher->ledger_has_more[question->area] = ledger != NULL && ledger->has_more;
    free(question);
    count_answer(publisher);
}

/* `area` is a province, or the nation for the election's own ledger. */
static void read_ledger(struct publisher *publisher, uint32_t area)
{
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){publisher, area};
    publisher->answers_awaited++;
    store_read_ledger(publisher->options.store, area, publisher->ledger_ids[area], on_ledger, question);
}

static void ask_next_province(struct publisher *publisher);

static void on_province(void *context, enum turnout_error error, const char *why,
                        const struct store_province *province)
{
    struct question *question = context;
    struct publisher *publisher = question->publisher;
    if (error == TURNOUT_BAD_INPUT) {
        refuse_province(publisher, question->area, why);
    } else if (error != TURNOUT_OK) {
        fail_reading(publisher, why);
    } else if (province != NULL) {
        take_province(publisher, province);
    }
    /* A ledger moves only with the revision. */
    if (error == TURNOUT_OK && (province != NULL || publisher->ledger_has_more[question->area])) {
        read_ledger(publisher, question->area);
    }
    free(question);
    ask_next_province(publisher);
    count_answer(publisher);
}

/* What was changed behind our back does not move a revision, so now and then all are read; and one that did not add up
 * is read each time: it may have been mended without moving. */
static void ask_next_province(struct publisher *publisher)
{
    uint32_t province = publisher->next_province;
    if (province > publisher->options.reg->province_count) {
        return;
    }
    publisher->next_province++;
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){publisher, province};
    bool is_known = publisher->areas[province].verified && !publisher->reads_all;
    store_read_province(publisher->options.store, province, is_known ? &publisher->known[province] : NULL,
                        on_province, question);
}

static void take_meta(struct publisher *publisher, const struct store_meta *meta)
{
    if (meta->phase != publisher->meta.phase) {
        log_info("phase", log_text("now", election_phase_name(meta->phase)));
        publisher->meta_moved = true;
    }
    if (meta->publication != publisher->meta.publication) {
        log_info("publication", log_text("now", publication_mode_name(meta->publication)));
        publisher->meta_moved = true;
    }
    publisher->meta = *meta;
    if (publisher->options.on_digest != NULL) {
        publisher->options.on_digest(publisher->context, meta->digest);
    }
    health_note_phase(publisher->options.health, meta->phase);
}

static void on_meta(void *context, enum turnout_error error, const char *why, const struct store_meta *meta)
{
    struct publisher *publisher = context;
    const char *known = publisher->meta.generation;
    if (error != TURNOUT_OK) {
        fail_reading(publisher, why);
    } else if (known[0] != '\0' && strcmp(known, meta->generation) != 0) {
        fail_reading(publisher, "Redis holds another count of the election");
    } else {
        take_meta(publisher, meta);
    }
    count_answer(publisher);
}

static void on_settled(void *context, enum turnout_error error, const char *why)
{
    (void)why; /* the tally says it, which settles, too */
    struct publisher *publisher = context;
    publisher->is_settling = false;
    if (error == TURNOUT_OK) {
        publisher->is_settled = true;
        publisher->wants_all = true; /* what was read before is not known to be durable */
    }
}

/* What a Redis that was started anew shows may not be on its disk. */
static void settle(struct publisher *publisher)
{
    if (publisher->options.losses != NULL && !publisher->is_settled && !publisher->is_settling &&
        store_is_up(publisher->options.store)) {
        publisher->is_settling = true;
        store_settle(publisher->options.store, clock_wall_ms(), on_settled, publisher);
    }
}

void publisher_relink(struct publisher *publisher)
{
    publisher->is_settled = false;
    publisher->wants_all = true;
    publisher_read_now(publisher);
}

bool publisher_is_reading(const struct publisher *publisher)
{
    return publisher->answers_awaited > 0;
}

void publisher_read_now(struct publisher *publisher)
{
    if (publisher->answers_awaited > 0) {
        publisher->wants_figures = publisher->reads_meta_alone;
        return; /* else Redis is slow; the next turn will do */
    }
    settle(publisher);
    publisher->reads_all = publisher->wants_all || is_due(publisher);
    publisher->wants_all = false;
    publisher->reading_is_durable = publisher->is_settled;
    publisher->reading_failed = false;
    publisher->answers_awaited = publisher->options.reg->province_count + 1;
    publisher->next_province = 1;
    for (int i = 0; i < PROVINCES_AT_A_TIME; i++) {
        ask_next_province(publisher);
    }
    store_read_meta(publisher->options.store, on_meta, publisher);
    read_ledger(publisher, REGISTER_NATION);
}

static void on_meta_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct publisher *publisher = context;
    if (publisher->answers_awaited == 0) {
        publisher->reads_meta_alone = true;
        publisher->reading_failed = false;
        publisher->answers_awaited = 1;
        store_read_meta(publisher->options.store, on_meta, publisher);
    }
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    publisher_read_now(context);
}

/* Nothing is known of its areas, and no line of a ledger. */
static void begin_register(struct publisher *publisher, struct election_register *reg)
{
    register_acquire(reg);
    publisher->options.reg = reg;
    publisher->areas = memory_new_array(reg->area_count, sizeof *publisher->areas);
    publisher->ledger = public_ledger_new(reg->unit_count);
    publisher->ledger_has_more =
        memory_new_array(reg->province_count + 1, sizeof *publisher->ledger_has_more);
    publisher->ledger_ids = memory_new_array(reg->province_count + 1, sizeof publisher->ledger_ids[0]);
    publisher->known = memory_new_array(reg->area_count, sizeof *publisher->known);
}

static void end_register(struct publisher *publisher)
{
    public_ledger_free(publisher->ledger);
    free(publisher->ledger_ids);
    free(publisher->ledger_has_more);
    free(publisher->areas);
    free(publisher->known);
    register_release(publisher->options.reg);
}

void publisher_set_register(struct publisher *publisher, struct election_register *reg)
{
    store_set_register(publisher->options.store, reg);
    assert(publisher->answers_awaited == 0);
    end_register(publisher);
    begin_register(publisher, reg);
    publisher->renewed_ms = 0; /* nothing was read of it yet */
    if (publisher->options.losses != NULL) {
        losses_set_register(publisher->options.losses, reg);
    }
}

struct publisher *publisher_new(struct event_base *base, const struct publisher_options *options,
                                publisher_published_fn *on_published, void *context)
{
    struct publisher *publisher = memory_new(sizeof *publisher);
    publisher->options = *options;
    publisher->on_published = on_published;
    publisher->context = context;
    publisher->rounds_shown = rounds_passed(publisher);
    begin_register(publisher, options->reg);
    atomic_store(&publisher->counters.confirmed_ms, clock_monotonic_ms());
    publisher->timer = event_new(base, -1, EV_PERSIST, on_timer, publisher);
    assert(publisher->timer != NULL);
    if (options->period_ms > PUBLISHER_META_MS) {
        publisher->meta_timer = event_new(base, -1, EV_PERSIST, on_meta_timer, publisher);
        assert(publisher->meta_timer != NULL);
    }
    return publisher;
}

void publisher_start(struct publisher *publisher)
{
    int64_t period_ms = publisher->options.period_ms;
    struct timeval period = {.tv_sec = period_ms / 1000, .tv_usec = period_ms % 1000 * 1000};
    int failed = event_add(publisher->timer, &period);
    assert(failed == 0);
    if (publisher->meta_timer != NULL) {
        struct timeval meta_period = {.tv_usec = PUBLISHER_META_MS * 1000};
        failed = event_add(publisher->meta_timer, &meta_period);
        assert(failed == 0);
    }
}

void publisher_free(struct publisher *publisher)
{
    if (publisher != NULL) {
        assert(publisher->answers_awaited == 0);
        event_free(publisher->timer);
        if (publisher->meta_timer != NULL) {
            event_free(publisher->meta_timer);
        }
        publication_release(publisher->shown);
        end_register(publisher);
        free(publisher);
    }
}

const struct publisher_counters *publisher_counters(const struct publisher *publisher)
{
    return &publisher->counters;
}
