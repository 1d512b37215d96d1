/* Reading, checking, publishing. One reading of the election at a time: a timer starts it, the answers of all
 * provinces complete it, and only a complete one can become a publication. */
#include <turnout/service/publisher.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/service/counters.h>
#include <turnout/store/commit.h>
#include <turnout/store/meta.h>
#include <turnout/store/read.h>
#include <turnout/wire/figures.h>

#include "publisher_private.h"

enum {
    /* All at once would keep reports waiting in Redis until the last province is read. One by one would take too long
     * while Redis is busy. */
    PROVINCES_AT_A_TIME = 8,
};

/* A new bulletin is there, or the figures to show while the current ones are held back. */
static void on_bulletins_moved(void *context)
{
    struct publisher *publisher = context;
    struct picture picture;
    bool is_held_back = bulletins_picture(publisher->bulletins, &publisher->meta, &picture) == PICTURE_READY;
    for (uint32_t province = 1; is_held_back && province <= publisher->options.reg->province_count;
         province++) {
        if (ledger_reader_is_beyond(publisher->ledgers, province, picture.areas[province].ledger_id)) {
            ledger_reader_forget(publisher->ledgers);
        }
    }
    publisher->meta_moved = true;
    publisher->wants_all = true; /* also the ledgers, up to what is shown now */
    publisher_read_now(publisher);
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

/* If what may be shown has changed, the current figures are read. */
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
    publisher->has_read = true;
    remember(publisher);
    publisher_count_unverified(publisher);
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
    publisher_show(publisher, is_due(publisher));
}

static void on_meta(void *context, enum turnout_error error, const char *why, const struct store_meta *meta);

/* Asked last: meta says what may be shown, and the figures that it allows were read before it. */
static void ask_meta(struct publisher *publisher)
{
    publisher->has_asked_meta = true;
    publisher->answers_awaited++;
    store_read_meta(publisher->options.store, on_meta, publisher);
}

static void count_answer(struct publisher *publisher)
{
    assert(publisher->answers_awaited > 0);
    publisher->answers_awaited--;
    if (publisher->answers_awaited == 0 && !publisher->has_asked_meta) {
        ask_meta(publisher);
    } else if (publisher->answers_awaited == 0) {
        complete_reading(publisher);
    }
}

/* Says which province an answer is for, when the answer itself does not. */
struct question {
    struct publisher *publisher;
    uint32_t area;
};

/* Of a ledger, or of milestones. */
static void on_lines_read(void *context, enum turnout_error error, const char *why)
{
    struct publisher *publisher = context;
    if (error != TURNOUT_OK) {
        fail_reading(publisher, why);
    }
    count_answer(publisher);
}

/* `area` is a province, or the nation for the election's own ledger. */
static void read_ledger(struct publisher *publisher, uint32_t area)
{
    const char *until;
    if (!bulletins_show_ledger(publisher->bulletins, &publisher->meta, area, &until)) {
        return;
    }
    publisher->answers_awaited++;
    ledger_reader_read(publisher->ledgers, area, until, on_lines_read, publisher);
}

static void ask_next_province(struct publisher *publisher);

static void on_province(void *context, enum turnout_error error, const char *why,
                        const struct store_province *province)
{
    struct question *question = context;
    struct publisher *publisher = question->publisher;
    if (error == TURNOUT_BAD_INPUT) {
        publisher_refuse_province(publisher, question->area, why);
    } else if (error != TURNOUT_OK) {
        fail_reading(publisher, why);
    } else if (province != NULL) {
        publisher_take_province(publisher, province);
    }
    /* A ledger moves only with the revision. */
    if (error == TURNOUT_OK &&
        (province != NULL || ledger_reader_has_more(publisher->ledgers, question->area))) {
        read_ledger(publisher, question->area);
    }
    free(question);
    ask_next_province(publisher);
    count_answer(publisher);
}

/* A change made behind our back does not move a revision. The self-check finds it: the first reading includes all
 * units, and each later one the units of one province, with all that they are to add up to. */
static void ask_next_province(struct publisher *publisher)
{
    uint32_t province = publisher->next_province;
    if (province > publisher->options.reg->province_count) {
        return;
    }
    publisher->next_province++;
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){publisher, province};
    if (!publisher->has_read || province == publisher->checked) {
        store_read_province_units(publisher->options.store, province, on_province, question);
        return;
    }
    store_read_province(publisher->options.store, province,
                        publisher->reads_all ? NULL : &publisher->known[province], on_province, question);
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
        publisher->wants_all = true;
    }
    publisher->meta = *meta;
    bulletins_note(publisher->bulletins, meta);
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
    (void)why; /* the tally settles, too, and reports the failure */
    struct publisher *publisher = context;
    publisher->is_settling = false;
    if (error == TURNOUT_OK) {
        publisher->is_settled = true;
        publisher->wants_all = true; /* what was read before is not known to be durable */
    }
}

/* A Redis that has restarted may show what is not on its disk yet. A write of ours makes it durable. */
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
    publisher->reading_is_durable = false; /* also of a reading that is under way */
    publisher->wants_all = true;
    series_reader_forget(publisher->series);
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
    publisher->reads_all = publisher->wants_all;
    publisher->wants_all = false;
    publisher->reading_is_durable = publisher->is_settled;
    publisher->reading_failed = false;
    publisher->has_asked_meta = false;
    publisher->answers_awaited = publisher->options.reg->province_count + 1; /* and the milestones */
    publisher->next_province = 1;
    publisher->checked = publisher_choose_checked(publisher);
    for (int i = 0; i < (publisher->has_read ? PROVINCES_AT_A_TIME : 1); i++) {
        ask_next_province(publisher);
    }
    read_ledger(publisher, REGISTER_NATION);
    milestone_board_read(publisher->milestones, on_lines_read, publisher);
}

static void on_meta_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct publisher *publisher = context;
    if (publisher->answers_awaited == 0) {
        publisher->reads_meta_alone = true;
        publisher->reading_failed = false;
        ask_meta(publisher);
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
    publisher->ledgers = ledger_reader_new(publisher->options.store, reg);
    publisher->milestones = milestone_board_new(publisher->options.store, reg);
    publisher->series = series_reader_new(publisher->options.store, reg);
    publisher->known = memory_new_array(reg->area_count, sizeof *publisher->known);
}

static void end_register(struct publisher *publisher)
{
    ledger_reader_free(publisher->ledgers);
    milestone_board_free(publisher->milestones);
    series_reader_free(publisher->series);
    free(publisher->areas);
    free(publisher->known);
    register_release(publisher->options.reg);
}

void publisher_set_register(struct publisher *publisher, struct election_register *reg)
{
    store_set_register(publisher->options.store, reg);
    assert(publisher->answers_awaited == 0);
    bulletins_set_register(publisher->bulletins, reg);
    end_register(publisher);
    begin_register(publisher, reg);
    publisher->renewed_ms = 0; /* nothing was read of it yet */
    publisher->has_read = false;
    publisher->last_checked = 0;
    if (publisher->options.losses != NULL) {
        losses_set_register(publisher->options.losses, reg);
    }
}

static void make_run(char ret_run[RUN_BYTES])
{
    unsigned char random[(RUN_BYTES - 1) / 2];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(ret_run, RUN_BYTES, random, sizeof random);
}

struct publisher *publisher_new(struct event_base *base, const struct publisher_options *options,
                                publisher_published_fn *on_published, void *context)
{
    struct publisher *publisher = memory_new(sizeof *publisher);
    publisher->options = *options;
    publisher->on_published = on_published;
    publisher->context = context;
    make_run(publisher->run);
    begin_register(publisher, options->reg);
    publisher->bulletins = bulletins_new(&(struct bulletins_options){.election = options->election,
                                                                     .reg = options->reg,
                                                                     .store = options->store,
                                                                     .losses = options->losses,
                                                                     .data = options->data,
                                                                     .is_durable = options->is_durable,
                                                                     .signing_pair = options->signing_pair,
                                                                     .on_moved = on_bulletins_moved,
                                                                     .context = publisher});
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
        bulletins_free(publisher->bulletins);
        end_register(publisher);
        free(publisher);
    }
}

const struct publisher_counters *publisher_counters(const struct publisher *publisher)
{
    return &publisher->counters;
}
