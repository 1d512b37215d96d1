/* Reads the state at one instant, then the log. The log only grows, so it has all lines of that state; later ones are
 * skipped. */
#include "audit/audit_province.h"

#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/store/log_walk.h>
#include <turnout/store/province_sums.h>
#include <turnout/store/units_walk.h>

#include "audit/audit_commune.h"
#include "client/all_cores.h"

struct province_audit {
    const struct audit_of *of;
    uint32_t first; /* area index of the first commune */
    struct commune_audit *communes;
    struct unit_state *units;
    enum turnout_error sums; /* whether it adds up by itself */
    struct error sums_error;
};

static const struct election_register *register_of(const struct province_audit *audit)
{
    return audit->of->folder->reg;
}

static void on_province(void *context, const struct store_province *province)
{
    struct province_audit *audit = context;
    const struct election_register *reg = register_of(audit);
    const struct area *area = &reg->areas[province->province];
    uint32_t first_unit = register_first_unit(reg, province->province);
    audit->sums = province_sums_check(reg, province, &audit->sums_error);
    memcpy(audit->units, province->units, area->units * sizeof audit->units[0]);
    for (uint32_t i = 0; i < province->commune_count; i++) {
        struct commune_audit *commune = &audit->communes[i];
        commune->stands = province->communes[i];
        commune->units = audit->units + (reg->areas[area->first_child + i].first_child - first_unit);
    }
}

static void on_line(void *context, uint32_t commune, struct slice text, const struct log_line *line)
{
    struct province_audit *audit = context;
    struct buffer *log = &audit->communes[commune - audit->first].log;
    (void)line;
    buffer_append(log, text.bytes, text.length);
    buffer_append_char(log, '\n');
}

static void check_commune(void *context, uint32_t number)
{
    struct province_audit *audit = context;
    const struct audit_of *of = audit->of;
    const struct log_replay_of replay_of = {&of->folder->election, of->folder->reg, of->past, of->keys,
                                            audit->first + number};
    audit_commune(&replay_of, &audit->communes[number]);
}

/* A log with a gap was read only up to it. */
static void check_communes(struct province_audit *audit, uint32_t count, bool log_is_whole,
                           struct verdict *verdict)
{
    for (uint32_t i = 0; i < count; i++) {
        audit->communes[i].log_is_whole = log_is_whole;
    }
    all_cores_run(count, check_commune, audit, NULL);
    for (uint32_t i = 0; i < count; i++) {
        verdict_add_counts(verdict, &audit->communes[i].counts);
        if (audit->communes[i].fault.text[0] != '\0') {
            verdict_add_fault(verdict, audit->communes[i].fault.text);
        }
    }
}

static enum turnout_error check(struct province_audit *audit, const struct log_walk_of *of,
                                struct verdict *verdict, struct error *error)
{
    uint32_t count = of->reg->areas[of->area].children;
    struct log_walked *walked = memory_new_array(count + 1, sizeof *walked);
    enum turnout_error failed = units_walk(of, audit->of->patience_ms, on_province, audit, error);
    if (failed == TURNOUT_OK) {
        if (audit->sums != TURNOUT_OK) {
            verdict_add_fault(verdict, audit->sums_error.text);
        }
        failed = log_walk(of, audit->of->patience_ms, on_line, audit, walked, error);
        if (failed == TURNOUT_OK || failed == TURNOUT_CONFLICT) {
            check_communes(audit, count, failed == TURNOUT_OK, verdict);
        }
    }
    free(walked);
    return failed;
}

enum turnout_error audit_province(const struct audit_of *of, uint32_t province, struct verdict *verdict,
                                  struct error *error)
{
    const struct election_register *reg = of->folder->reg;
    const struct area *area = &reg->areas[province];
    const struct log_walk_of walk_of = {
        .address = of->address, .election = &of->folder->election, .reg = reg, .area = province};
    struct province_audit audit = {
        .of = of,
        .first = area->first_child,
        .communes = memory_new_array(area->children, sizeof *audit.communes),
        .units = memory_new_array(area->units, sizeof *audit.units),
    };
    enum turnout_error failed = check(&audit, &walk_of, verdict, error);
    if (failed == TURNOUT_CONFLICT) { /* its content is wrong, but readable */
        verdict_add_fault(verdict, error->text);
        failed = TURNOUT_OK;
    }
    for (uint32_t i = 0; i < area->children; i++) {
        buffer_done(&audit.communes[i].log);
    }
    free(audit.communes);
    free(audit.units);
    return failed;
}
