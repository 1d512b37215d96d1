/* Decides what to do next about bulletins: one step at a time, each begun by what Redis says of the election. */
#include "bulletins.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/store/frozen_files.h>

#include "bulletins_private.h"

/* ---- which picture ---- */

/* The name under which Redis keeps what the public is shown; empty where figures are not held back, or nothing is
 * kept. */
static void name_picture(const struct store_meta *meta, char ret_name[STORE_FROZEN_NAME_BYTES])
{
    ret_name[0] = '\0';
    if (meta->publication == PUBLICATION_LIVE) {
        return;
    }
    if (meta->bulletin > meta->shown_bulletin) {
        store_bulletin_name(meta->bulletin, ret_name);
    } else {
        memcpy(ret_name, meta->shown, sizeof meta->shown);
    }
}

enum picture_state bulletins_picture(const struct bulletins *bulletins, const struct store_meta *meta,
                                     struct picture *ret_picture)
{
    char name[STORE_FROZEN_NAME_BYTES];
    name_picture(meta, name);
    if (name[0] == '\0') {
        return PICTURE_NONE;
    }
    if (strcmp(name, bulletins->picture_name) != 0) {
        return PICTURE_AWAITED;
    }
    *ret_picture =
        (struct picture){bulletins->picture_name, bulletins->picture_areas,
                         bulletins->picture_head.generated_at, bulletins->picture_head.is_rehearsal};
    return PICTURE_READY;
}

bool bulletins_are_loaded(const struct bulletins *bulletins, const struct store_meta *meta)
{
    struct picture picture;
    return bulletins->loaded >= meta->bulletin &&
           bulletins_picture(bulletins, meta, &picture) != PICTURE_AWAITED;
}

bool bulletins_show_ledger(const struct bulletins *bulletins, const struct store_meta *meta, uint32_t area,
                           const char **ret_until)
{
    struct picture picture;
    *ret_until = "";
    if (area == REGISTER_NATION || meta->publication == PUBLICATION_LIVE) {
        return true;
    }
    if (bulletins_picture(bulletins, meta, &picture) != PICTURE_READY) {
        return false;
    }
    *ret_until = picture.areas[area].ledger_id;
    return *ret_until[0] != '\0';
}

struct shelf *bulletins_shelf(const struct bulletins *bulletins)
{
    return bulletins->shelf;
}

/* ---- what is due ---- */

/* `09:00`, of the election's own time; on another day than its first `2026-03-16T09:00`. */
static void write_label(const struct election *election, uint32_t round, char ret_label[BULLETIN_LABEL_BYTES])
{
    enum { TIME_AT = 11, MINUTE_END = 16 };
    char text[RFC3339_BYTES];
    rfc3339_format(election->rounds[round - 1], election->offset_s, text);
    bool is_first_day = memcmp(text, election->date, strlen(election->date)) == 0;
    size_t from = is_first_day ? TIME_AT : 0;
    memcpy(ret_label, text + from, MINUTE_END - from);
    ret_label[MINUTE_END - from] = '\0';
}

/* Of several rounds that have passed, the last is the one that the figures of now are of. */
static bool find_due(const struct bulletins *bulletins, int64_t now, char label[BULLETIN_LABEL_BYTES],
                     int64_t *ret_due)
{
    const struct election *election = bulletins->options.election;
    uint32_t round = bulletin_round_due(election, now);
    if (bulletins->meta.is_closing_due) {
        memcpy(label, "closing", sizeof "closing");
        *ret_due = BULLETIN_DUE_CLOSING;
        return true;
    }
    if (round == 0 || bulletin_round_moment(election, round) <= bulletins->meta.bulletin_due) {
        return false;
    }
    write_label(election, round, label);
    *ret_due = bulletin_round_moment(election, round);
    return true;
}

static void on_begun(void *context, enum turnout_error error, const char *why, int64_t number)
{
    struct bulletins *bulletins = context;
    if (error != TURNOUT_OK) {
        bulletins_failed(bulletins, "bulletin-not-begun", REGISTER_NATION, why);
        return;
    }
    if (number > 0) {
        log_info("bulletin-begun", log_number("bulletin", number));
    }
    bulletins_look_again(bulletins);
}

/* While figures are held back altogether, only a person publishes them. */
static void begin_due(struct bulletins *bulletins)
{
    int64_t now = clock_wall_ms() / 1000;
    char label[BULLETIN_LABEL_BYTES];
    int64_t due;
    if (!find_due(bulletins, now, label, &due)) {
        return;
    }
    bool is_passed_over = bulletins->meta.publication == PUBLICATION_HOLD;
    bulletins->is_busy = true;
    store_begin_bulletin(
        bulletins->options.store,
        &(struct store_beginning){.cut = now, .label = is_passed_over ? "" : label, .due = due}, on_begun,
        bulletins);
}

/* ---- one step after the other ---- */

static void advance(struct bulletins *bulletins)
{
    struct picture picture;
    char name[STORE_FROZEN_NAME_BYTES];
    bool can_sign = bulletins->options.signing_pair != NULL;
    if (bulletins->is_busy) {
        return;
    }
    if (bulletins_picture(bulletins, &bulletins->meta, &picture) == PICTURE_AWAITED) {
        name_picture(&bulletins->meta, name);
        bulletins_load_picture(bulletins, name);
    } else if (bulletins->meta.bulletin > bulletins->loaded) {
        bulletins_load(bulletins);
    } else if (can_sign && bulletins->meta.begun.number > 0) {
        bulletins_freeze(bulletins);
    } else if (can_sign) {
        begin_due(bulletins);
    }
}

void bulletins_done(struct bulletins *bulletins)
{
    bulletins->is_busy = false;
    advance(bulletins);
}

void bulletins_failed(struct bulletins *bulletins, const char *event, uint32_t area, const char *why)
{
    log_warning(event, log_text("of", bulletins->options.reg->areas[area].code), log_text("why", why));
    bulletins->is_busy = false; /* the next bulletins_note() tries again */
}

static void on_meta(void *context, enum turnout_error error, const char *why, const struct store_meta *meta)
{
    (void)why;
    struct bulletins *bulletins = context;
    bulletins->is_busy = false;
    if (error == TURNOUT_OK) {
        bulletins_note(bulletins, meta);
    }
}

void bulletins_look_again(struct bulletins *bulletins)
{
    bulletins->is_busy = true;
    store_read_meta(bulletins->options.store, on_meta, bulletins);
}

void bulletins_note(struct bulletins *bulletins, const struct store_meta *meta)
{
    bulletins->meta = *meta;
    advance(bulletins);
}

static void begin_register(struct bulletins *bulletins, const struct election_register *reg)
{
    bulletins->options.reg = reg;
    bulletins->picture_name[0] = '\0'; /* it is read again */
    bulletins->freezing.begun.number = 0;
    bulletins->picture_areas = memory_new_array(reg->area_count, sizeof *bulletins->picture_areas);
    bulletins->freezing.areas = memory_new_array(reg->area_count, sizeof *bulletins->freezing.areas);
    bulletins->freezing.provinces =
        memory_new_array(reg->province_count, sizeof *bulletins->freezing.provinces);
    bulletins->loading.bundles =
        memory_new_array(reg->province_count + 1, sizeof *bulletins->loading.bundles);
}

static void end_register(struct bulletins *bulletins)
{
    assert(!bulletins->is_busy);
    for (uint32_t area = 0; area <= bulletins->options.reg->province_count; area++) {
        buffer_done(&bulletins->loading.bundles[area]);
    }
    free(bulletins->loading.bundles);
    free(bulletins->freezing.provinces);
    free(bulletins->freezing.areas);
    free(bulletins->picture_areas);
}

void bulletins_set_register(struct bulletins *bulletins, const struct election_register *reg)
{
    end_register(bulletins);
    begin_register(bulletins, reg);
}

struct bulletins *bulletins_new(const struct bulletins_options *options)
{
    struct bulletins *bulletins = memory_new(sizeof *bulletins);
    bulletins->options = *options;
    bulletins->shelf = shelf_new();
    begin_register(bulletins, options->reg);
    return bulletins;
}

void bulletins_free(struct bulletins *bulletins)
{
    if (bulletins != NULL) {
        end_register(bulletins);
        shelf_release(bulletins->shelf);
        free(bulletins);
    }
}
