/* Freezing a bulletin: province after province, then the nation. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/store/bulletin_number.h>
#include <turnout/wire/bulletin_files.h>
#include <turnout/wire/bundle.h>
#include <turnout/wire/frozen_register.h>

#include "bulletins_private.h"
#include "province_check.h"

/* ---- a province ---- */

static void put_file(struct buffer *bundle, const char *code, const struct buffer *file)
{
    char name[BULLETIN_FILE_NAME_BYTES];
    bulletin_file_name(code, name);
    bundle_put(bundle, name, (struct slice){file->bytes, file->length});
}

static void put_commune(const struct bulletins *bulletins, const struct store_province *province,
                        uint32_t place, struct buffer *bundle, struct bulletin_child *ret_child)
{
    const struct election_register *reg = bulletins->options.reg;
    const struct area *area = &reg->areas[reg->areas[province->province].first_child + place];
    const struct store_commune *commune = &province->communes[place];
    struct bulletin_log log = {commune->totals.revision, commune->head};
    struct buffer file = {0};
    uint32_t first = register_first_unit(reg, province->province);
    ret_child->line = bulletin_line_of(area, &commune->totals);
    bulletin_write_commune(&file, &ret_child->line, &reg->units[area->first_child],
                           &province->units[area->first_child - first], &log,
                           bulletins->options.election->offset_s);
    sha256_hex((struct slice){file.bytes, file.length}, ret_child->sha256);
    put_file(bundle, area->code, &file);
    buffer_done(&file);
}

/* What the public is shown of the province, if it is shown this bulletin. */
static void put_figures(struct bulletins *bulletins, const struct store_province *province,
                        struct buffer *bundle)
{
    const struct area *area = &bulletins->options.reg->areas[province->province];
    struct area_figures *areas = bulletins->freezing.areas;
    struct frozen_head head = {bulletins->freezing.begun.cut, bulletins->freezing.begun.is_rehearsal};
    struct buffer text = {0};
    areas[province->province] = (struct area_figures){.verified = true};
    bool fits =
        slice_copy(slice_of(province->ledger_id), areas[province->province].ledger_id, LEDGER_ID_BYTES);
    assert(fits);
    for (uint32_t i = 0; i < area->children; i++) {
        areas[area->first_child + i].totals = province->communes[i].totals;
        areas[area->first_child + i].excused = province->excused[i];
    }
    frozen_write(&text, bulletins->options.reg, province->province, areas, &head);
    bundle_put(bundle, FROZEN_FILE, (struct slice){text.bytes, text.length});
    buffer_done(&text);
}

static void write_province(struct bulletins *bulletins, const struct store_province *province,
                           struct buffer *bundle)
{
    const struct area *area = &bulletins->options.reg->areas[province->province];
    struct bulletin_child *communes = memory_new_array(area->children, sizeof *communes);
    struct buffer file = {0};
    put_figures(bulletins, province, bundle);
    for (uint32_t i = 0; i < area->children; i++) {
        put_commune(bulletins, province, i, bundle, &communes[i]);
    }
    bulletin_write_area(&file, area->code, communes, area->children);
    put_file(bundle, area->code, &file);
    buffer_done(&file);
    free(communes);
}

static void freeze_next(struct bulletins *bulletins);

/* What is kept may be another server's. */
static void on_read_back(void *context, enum turnout_error error, const char *why, struct slice bundle)
{
    struct bulletins *bulletins = context;
    struct freezing *freezing = &bulletins->freezing;
    char name[BULLETIN_FILE_NAME_BYTES];
    bulletin_file_name(bulletins->options.reg->areas[freezing->province].code, name);
    if (error != TURNOUT_OK) {
        bulletins_failed(bulletins, "bulletin-waits", freezing->province, why);
        return;
    }
    struct slice file = bundle_find(bundle, name);
    struct bulletin_child *child = &freezing->provinces[freezing->province - 1];
    if (!bulletin_read_sum(file, &child->line)) {
        bulletins_failed(bulletins, "bulletin-waits", freezing->province,
                         "what Redis keeps of the province is no part of a bulletin");
        return;
    }
    sha256_hex(file, child->sha256);
    freezing->province++;
    freeze_next(bulletins);
}

static void on_kept(void *context, enum turnout_error error, const char *why)
{
    struct bulletins *bulletins = context;
    struct freezing *freezing = &bulletins->freezing;
    char name[STORE_FROZEN_NAME_BYTES];
    if (error != TURNOUT_OK) {
        bulletins_failed(bulletins, "bulletin-waits", freezing->province, why);
        return;
    }
    store_bulletin_name(freezing->begun.number, name);
    store_read_frozen(bulletins->options.store, freezing->province, name, on_read_back, bulletins);
}

static void on_province(void *context, enum turnout_error error, const char *why,
                        const struct store_province *province)
{
    struct bulletins *bulletins = context;
    struct freezing *freezing = &bulletins->freezing;
    struct error fault;
    if (error != TURNOUT_OK) {
        bulletins_failed(bulletins, "bulletin-waits", freezing->province, why);
        return;
    }
    if (province_check(bulletins->options.reg, bulletins->options.losses, province, &fault) != TURNOUT_OK) {
        bulletins_failed(bulletins, "bulletin-waits", freezing->province, fault.text);
        return;
    }
    char name[STORE_FROZEN_NAME_BYTES];
    struct buffer bundle = {0};
    write_province(bulletins, province, &bundle);
    store_bulletin_name(freezing->begun.number, name);
    store_keep_frozen(bulletins->options.store, freezing->province, name,
                      (struct slice){bundle.bytes, bundle.length}, on_kept, bulletins);
    buffer_done(&bundle);
}

/* ---- the nation ---- */

static void on_ended(void *context, enum turnout_error error, const char *why)
{
    struct bulletins *bulletins = context;
    if (error != TURNOUT_OK) {
        bulletins_failed(bulletins, "bulletin-waits", REGISTER_NATION, why);
        return;
    }
    bulletins->freezing.begun.number = 0;
    bulletins_look_again(bulletins);
}

static struct bulletin_statement statement_of(const struct bulletins *bulletins)
{
    const struct bulletin_begun *begun = &bulletins->freezing.begun;
    size_t count = shelf_count(bulletins->shelf);
    const struct bulletin *previous = count == 0 ? NULL : shelf_at(bulletins->shelf, count - 1);
    struct bulletin_statement statement = {
        .number = begun->number, .previous = "-", .is_rehearsal = begun->is_rehearsal};
    const char *nation = bulletins->options.reg->areas[REGISTER_NATION].code;
    memcpy(statement.election, bulletins->options.election->id, sizeof statement.election);
    memcpy(statement.label, begun->label, sizeof statement.label);
    rfc3339_format(begun->cut, bulletins->options.election->offset_s, statement.cut);
    bool fits = slice_copy(slice_of(nation), statement.nation, sizeof statement.nation);
    assert(fits);
    if (previous != NULL) {
        memcpy(statement.previous, bulletin_summary_of(previous)->sha256, sizeof statement.previous);
    }
    return statement;
}

/* Before anybody can read it: no other is given this number then, whatever becomes of Redis. */
static bool remember_number(struct bulletins *bulletins)
{
    struct error error;
    if (bulletins->options.data != NULL &&
        bulletin_number_raise(bulletins->options.data, bulletins->freezing.begun.number, &error) !=
            TURNOUT_OK) {
        bulletins_failed(bulletins, "bulletin-waits", REGISTER_NATION, error.text);
        return false;
    }
    return true;
}

static void end(struct bulletins *bulletins)
{
    struct bulletin_statement statement = statement_of(bulletins);
    unsigned char signature[BULLETIN_SIGNATURE_BYTES];
    struct buffer text = {0};
    struct buffer nation = {0};
    struct buffer reg = {0};
    struct buffer bundle = {0};
    bulletin_write_area(&nation, statement.nation, bulletins->freezing.provinces,
                        bulletins->options.reg->province_count);
    sha256_hex((struct slice){nation.bytes, nation.length}, statement.sha256);
    bulletin_write_statement(&text, &statement);
    bulletin_sign((struct slice){text.bytes, text.length}, bulletins->options.signing_pair, signature);
    bundle_put(&bundle, BULLETIN_STATEMENT_FILE, (struct slice){text.bytes, text.length});
    put_file(&bundle, statement.nation, &nation);
    bundle_put(&bundle, BULLETIN_SIGNATURE_FILE, (struct slice){(const char *)signature, sizeof signature});
    frozen_register_write(&reg, bulletins->options.reg, atomic_load(bulletins->options.is_durable));
    bundle_put(&bundle, FROZEN_REGISTER_FILE, (struct slice){reg.bytes, reg.length});
    store_end_bulletin(bulletins->options.store, statement.number,
                       (struct slice){bundle.bytes, bundle.length}, on_ended, bulletins);
    buffer_done(&bundle);
    buffer_done(&reg);
    buffer_done(&nation);
    buffer_done(&text);
}

static void freeze_next(struct bulletins *bulletins)
{
    if (bulletins->freezing.province > bulletins->options.reg->province_count) {
        if (remember_number(bulletins)) {
            end(bulletins);
        }
    } else {
        store_read_province_units(bulletins->options.store, bulletins->freezing.province, on_province,
                                  bulletins);
    }
}

void bulletins_freeze(struct bulletins *bulletins)
{
    struct freezing *freezing = &bulletins->freezing;
    if (freezing->begun.number != bulletins->meta.begun.number) {
        freezing->begun = bulletins->meta.begun;
        freezing->province = 1;
    }
    bulletins->is_busy = true;
    freeze_next(bulletins);
}
