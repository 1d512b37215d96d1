/* How many Ed25519 signatures libsodium verifies on these processors: those of the reports that are sent to turnoutd,
 * on `--threads` threads, with everything but the verification done before the clock starts. */
#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/memory.h>
#include <turnout/wire/signature.h>

#include "bench_clock.h"
#include "bench_reports.h"

struct signed_text {
    size_t start; /* in the texts */
    size_t length;
    uint32_t unit;
    unsigned char signature[crypto_sign_BYTES];
};

struct work {
    const struct bench_keys *keys;
    struct buffer texts;
    struct signed_text *reports;
    size_t count;
    size_t capacity;
};

struct part {
    const struct work *work;
    size_t first;
    size_t end;
    size_t good;
    pthread_t thread;
};

static void add(struct work *work, const struct report *report, uint32_t unit)
{
    if (work->count == work->capacity) {
        work->capacity = work->capacity == 0 ? 1024 : 2 * work->capacity;
        work->reports = memory_resize(work->reports, work->capacity, sizeof *work->reports);
    }
    struct signed_text *text = &work->reports[work->count++];
    text->unit = unit;
    text->start = work->texts.length;
    signed_lines_write(&work->texts, report);
    text->length = work->texts.length - text->start;
    size_t bytes;
    int failed = sodium_base642bin(text->signature, sizeof text->signature, report->sig, strlen(report->sig),
                                   NULL, &bytes, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    assert(failed == 0 && bytes == sizeof text->signature);
}

static void *verify(void *context)
{
    struct part *part = context;
    const struct work *work = part->work;
    for (size_t i = part->first; i < part->end; i++) {
        const struct signed_text *text = &work->reports[i];
        part->good += crypto_sign_verify_detached(
                          text->signature, (const unsigned char *)work->texts.bytes + text->start,
                          text->length, bench_keys_public(work->keys, text->unit)) == 0
                          ? 1
                          : 0;
    }
    return NULL;
}

/* Returns how many signatures were good. */
static size_t verify_all(const struct work *work, uint32_t threads)
{
    struct part *parts = memory_new_array(threads, sizeof *parts);
    size_t good = 0;
    for (uint32_t i = 0; i < threads; i++) {
        parts[i] = (struct part){
            .work = work, .first = work->count * i / threads, .end = work->count * (i + 1) / threads};
        int failed = pthread_create(&parts[i].thread, NULL, verify, &parts[i]);
        assert(failed == 0);
    }
    for (uint32_t i = 0; i < threads; i++) {
        int failed = pthread_join(parts[i].thread, NULL);
        assert(failed == 0);
        good += parts[i].good;
    }
    free(parts);
    return good;
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct bench_reports reports;
    if (sodium_init() < 0 || !bench_options_read(argc, argv, &options)) {
        return EXIT_FAILURE;
    }
    options.is_signed = true;
    if (!bench_reports_open(&options, &reports)) {
        return EXIT_FAILURE;
    }
    struct work work = {.keys = reports.keys};
    struct report *report = memory_new(sizeof *report);
    uint32_t unit;
    while (bench_reports_next(&reports, report, &unit)) {
        add(&work, report, unit);
    }
    struct bench_clock clock;
    bool done = bench_clock_start(&clock, &options) && verify_all(&work, options.threads) == work.count &&
                bench_clock_print(&clock, work.count);
    free(report);
    free(work.reports);
    buffer_done(&work.texts);
    bench_reports_done(&reports);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
