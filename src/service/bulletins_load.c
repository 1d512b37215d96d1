/* Reading back what is frozen: bulletins one after the other, and what the public is shown while figures are held
 * back. */
#include <assert.h>
#include <string.h>

#include <turnout/base/log.h>
#include <turnout/store/bulletin_number.h>
#include <turnout/wire/bundle.h>

#include "bulletins_private.h"

/* ---- bulletins ---- */

static void remember_number(const struct bulletins *bulletins)
{
    struct error error;
    if (bulletins->options.data != NULL &&
        bulletin_number_raise(bulletins->options.data, bulletins->loaded, &error) != TURNOUT_OK) {
        log_error("cannot-keep-bulletin-number", log_text("what", error.text));
    }
}

/* A number that was passed over has no files. The newest has. */
static bool is_passed_over(const struct bulletins *bulletins, struct slice bundle)
{
    return bulletins->loading.area == REGISTER_NATION && bundle.bytes == NULL &&
           bulletins->loaded + 1 < bulletins->meta.bulletin;
}

static void shelve(struct bulletins *bulletins)
{
    struct bulletin *bulletin;
    struct error error;
    size_t count = bulletins->options.reg->province_count + 1;
    bulletins->loaded++;
    if (bulletin_new(bulletins->loading.bundles, count, &bulletin, &error) != TURNOUT_OK) {
        log_error("bulletin-unsound", log_number("bulletin", bulletins->loaded), log_text("why", error.text));
    } else {
        struct shelf *longer = shelf_with(bulletins->shelf, bulletin);
        shelf_release(bulletins->shelf);
        bulletins->shelf = longer;
        log_info("bulletin", log_number("number", bulletins->loaded),
                 log_text("label", bulletin_summary_of(bulletin)->statement.label),
                 log_text("sha256", bulletin_summary_of(bulletin)->sha256));
    }
    remember_number(bulletins);
    bulletins->options.on_moved(bulletins->options.context);
    bulletins_done(bulletins);
}

static void load_next(struct bulletins *bulletins);

static void on_bundle(void *context, enum turnout_error error, const char *why, struct slice bundle)
{
    struct bulletins *bulletins = context;
    struct loading *loading = &bulletins->loading;
    if (error != TURNOUT_OK) {
        bulletins_failed(bulletins, "bulletin-not-read", loading->area, why);
        return;
    }
    if (is_passed_over(bulletins, bundle)) {
        bulletins->loaded++;
        bulletins_done(bulletins);
        return;
    }
    buffer_append(&loading->bundles[loading->area], bundle.bytes, bundle.length);
    loading->area++;
    if (loading->area > bulletins->options.reg->province_count) {
        shelve(bulletins);
    } else {
        load_next(bulletins);
    }
}

static void load_next(struct bulletins *bulletins)
{
    struct loading *loading = &bulletins->loading;
    buffer_clear(&loading->bundles[loading->area]);
    store_read_frozen(bulletins->options.store, loading->area, loading->name, on_bundle, bulletins);
}

void bulletins_load(struct bulletins *bulletins)
{
    store_bulletin_name(bulletins->loaded + 1, bulletins->loading.name);
    bulletins->loading.area = REGISTER_NATION;
    bulletins->is_busy = true;
    load_next(bulletins);
}

/* ---- the picture ---- */

static void withhold(struct bulletins *bulletins, uint32_t province)
{
    const struct area *area = &bulletins->options.reg->areas[province];
    const struct area_figures nothing = {.verified = true, .withheld = true};
    bulletins->picture_areas[province] = nothing;
    for (uint32_t i = 0; i < area->children; i++) {
        bulletins->picture_areas[area->first_child + i] = nothing;
    }
    log_error("nothing-to-show", log_text("of", area->code),
              log_text("what", "Redis does not keep what the public was shown"));
}

static void load_picture_next(struct bulletins *bulletins);

static void on_picture(void *context, enum turnout_error error, const char *why, struct slice bundle)
{
    struct bulletins *bulletins = context;
    struct loading *loading = &bulletins->loading;
    const struct election_register *reg = bulletins->options.reg;
    if (error != TURNOUT_OK) {
        bulletins_failed(bulletins, "picture-not-read", loading->area, why);
        return;
    }
    if (!frozen_read(bundle_find(bundle, FROZEN_FILE), reg, loading->area, bulletins->picture_areas,
                     &bulletins->picture_head)) {
        withhold(bulletins, loading->area);
    }
    loading->area++;
    if (loading->area <= reg->province_count) {
        load_picture_next(bulletins);
        return;
    }
    figures_sum_nation(reg, bulletins->picture_areas);
    memcpy(bulletins->picture_name, loading->name, sizeof loading->name);
    bulletins->options.on_moved(bulletins->options.context);
    bulletins_done(bulletins);
}

static void load_picture_next(struct bulletins *bulletins)
{
    const struct loading *loading = &bulletins->loading;
    store_read_frozen(bulletins->options.store, loading->area, loading->name, on_picture, bulletins);
}

void bulletins_load_picture(struct bulletins *bulletins, const char *name)
{
    struct loading *loading = &bulletins->loading;
    assert(strlen(name) < sizeof loading->name);
    memcpy(loading->name, name, strlen(name) + 1);
    loading->area = 1;
    bulletins->picture_name[0] = '\0'; /* the areas are being written */
    bulletins->is_busy = true;
    load_picture_next(bulletins);
}
