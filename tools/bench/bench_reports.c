/* The reports of a run, made in advance. */
#include "bench_reports.h"

#include <inttypes.h>
#include <stdio.h>

#include <sodium.h>

#include <turnout/base/clock.h>

static void on_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    (void)fprintf(stderr, "%s:%" PRIu32 ": %s\n", file, line, error->text);
}

static uint32_t largest_commune(const struct election_register *reg)
{
    uint32_t largest = REGISTER_NONE;
    for (uint32_t area = reg->province_count + 1; area < reg->area_count; area++) {
        if (largest == REGISTER_NONE || reg->areas[area].units > reg->areas[largest].units) {
            largest = area;
        }
    }
    return largest;
}

/* Takes those that are not wanted out of the plan. False at its end. */
static bool pass_others(struct bench_reports *reports)
{
    const struct election_register *reg = reports->folder.reg;
    uint32_t unit;
    while ((unit = simulate_plan_peek(&reports->plan)) != REGISTER_NONE) {
        if (reports->commune == REGISTER_NONE || reg->units[unit].commune == reports->commune) {
            return true;
        }
        struct report passed = {.registered = REGISTERED_ABSENT};
        simulate_plan_take(&reports->plan, &passed);
    }
    return false;
}

bool bench_reports_open(const struct bench_options *options, struct bench_reports *ret_reports)
{
    struct error error;
    *ret_reports = (struct bench_reports){.commune = REGISTER_NONE, .left = options->count};
    struct election_folder *folder = &ret_reports->folder;
    if (election_folder_read(options->election, on_fault, NULL, folder, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        return false;
    }
    int64_t now = clock_wall_ms() / 1000;
    if (now < folder->election.opens) {
        (void)fprintf(stderr, "the polls of %s are not open yet\n", folder->election.id);
        election_folder_done(folder);
        return false;
    }
    if (options->is_one_commune) {
        ret_reports->commune = largest_commune(folder->reg);
    }
    simulate_plan_init(&ret_reports->plan, &folder->election, folder->reg, 0, options->reports_a_unit,
                       options->seed, now);
    for (uint32_t i = 0; i < options->skip && pass_others(ret_reports); i++) {
        struct report skipped = {.registered = REGISTERED_ABSENT};
        simulate_plan_take(&ret_reports->plan, &skipped);
    }
    ret_reports->keys = options->is_signed ? bench_keys_new(folder->reg) : NULL;
    return true;
}

void bench_reports_done(struct bench_reports *reports)
{
    bench_keys_free(reports->keys);
    simulate_plan_done(&reports->plan);
    election_folder_done(&reports->folder);
}

bool bench_begin(int argc, char **argv, struct bench_options *ret_options, struct bench_reports *ret_reports)
{
    return sodium_init() >= 0 && bench_options_read(argc, argv, ret_options) &&
           bench_reports_open(ret_options, ret_reports);
}

bool bench_reports_next(struct bench_reports *reports, struct report *ret_report, uint32_t *ret_unit)
{
    if (reports->left == 0 || !pass_others(reports)) {
        return false;
    }
    reports->left--;
    *ret_unit = simulate_plan_peek(&reports->plan);
    *ret_report = (struct report){.registered = REGISTERED_ABSENT};
    simulate_plan_take(&reports->plan, ret_report);
    if (reports->keys != NULL) {
        bench_keys_sign(reports->keys, *ret_unit, ret_report);
    }
    return true;
}

uint32_t bench_reports_province(const struct bench_reports *reports, uint32_t unit)
{
    return register_province_of(reports->folder.reg, reports->folder.reg->units[unit].commune);
}
