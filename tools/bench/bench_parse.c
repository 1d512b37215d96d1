/* What a vouched report costs turnoutd before and behind the store, on one core and with nothing running: bytes to
 * report, unit, digest, and the answer as bytes. Every report is of another unit of a national register, in an order
 * that no cache can guess.
 *
 *   bench_parse [REPORTS]     prints the nanoseconds a report
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/election/register.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/signature.h>

enum {
    PROVINCES = 34,
    COMMUNES_A_PROVINCE = 98,
    UNITS_A_COMMUNE = 21,
    UNITS = PROVINCES * COMMUNES_A_PROVINCE * UNITS_A_COMMUNE,
    STRIDE = 30011, /* a prime that does not divide UNITS: steps through all of them */
    ROLL = 1000,
    REPORTS_AT_FIRST = 200000,
};

static void on_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    (void)fprintf(stderr, "%s %" PRIu32 ": %s\n", file == NULL ? "" : file, line, error->text);
}

static void write_unit(struct buffer *out, int unit)
{
    int commune = unit / UNITS_A_COMMUNE;
    buffer_clear(out);
    buffer_printf(out, "%05d-%03d", commune, unit % UNITS_A_COMMUNE + 1);
}

static struct slice slice_of_buffer(const struct buffer *buffer)
{
    return (struct slice){buffer->bytes, buffer->length};
}

static struct election_register *make_register(void)
{
    struct register_builder *builder = register_builder_new(on_fault, NULL);
    struct buffer code = {0};
    struct buffer parent = {0};
    struct slice name = slice_of("A name");
    register_builder_add_area(builder, 0, slice_of("VN"), slice_of("nation"), slice_of(""), name, name);
    for (int i = 0; i < PROVINCES; i++) {
        buffer_clear(&code);
        buffer_printf(&code, "%02d", i);
        register_builder_add_area(builder, 0, slice_of_buffer(&code), slice_of("province"), slice_of("VN"),
                                  name, name);
    }
    for (int i = 0; i < PROVINCES * COMMUNES_A_PROVINCE; i++) {
        buffer_clear(&code);
        buffer_clear(&parent);
        buffer_printf(&code, "%05d", i);
        buffer_printf(&parent, "%02d", i / COMMUNES_A_PROVINCE);
        register_builder_add_area(builder, 0, slice_of_buffer(&code), slice_of("commune"),
                                  slice_of_buffer(&parent), name, name);
    }
    for (int i = 0; i < UNITS; i++) {
        write_unit(&code, i);
        register_builder_add_unit(builder, 0, slice_of_buffer(&code), (struct slice){code.bytes, 5}, name,
                                  slice_of("1000"));
    }
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    buffer_done(&code);
    buffer_done(&parent);
    return reg;
}

/* All reports, one a line, as a relay sends them. */
static void make_reports(int count, struct buffer *ret_lines)
{
    struct buffer unit = {0};
    for (int i = 0; i < count; i++) {
        write_unit(&unit, (int)((int64_t)i * STRIDE % UNITS));
        struct report report = {.election = "vn-2026",
                                .seq = 1 + i / UNITS,
                                .as_of_text = "2026-03-15T15:00:00+07:00",
                                .voted = i % ROLL,
                                .registered = i % 4 == 0 ? ROLL : REGISTERED_ABSENT,
                                .kind = KIND_FINAL,
                                .kind_given = i % 8 == 0};
        if (!slice_copy(slice_of_buffer(&unit), report.unit, sizeof report.unit)) {
            abort();
        }
        report_json_write(ret_lines, &report);
        buffer_append_char(ret_lines, '\n');
    }
    buffer_done(&unit);
}

/* One report's way; false when it is not taken. */
static bool take(const struct election_register *reg, struct slice line, struct buffer *answer)
{
    struct report report;
    struct error error;
    if (report_json_parse(line.bytes, line.length, &report, &error) != TURNOUT_OK ||
        register_find_unit(reg, slice_of(report.unit)) == REGISTER_NONE) {
        return false;
    }
    struct report_result result = {.seq = report.seq, .status = STATUS_ACCEPTED};
    unsigned char digest[REPORT_DIGEST_BYTES];
    report_digest(&report, digest);
    receipt_from_digest(digest, result.receipt);
    if (!slice_copy(slice_of(report.unit), result.unit, sizeof result.unit)) {
        return false;
    }
    buffer_clear(answer);
    result_json_write(answer, &result, 1);
    return answer->length > 0;
}

int main(int argc, char **argv)
{
    uint64_t count = REPORTS_AT_FIRST;
    if (argc > 2 || (argc == 2 && !text_parse_unsigned(slice_of(argv[1]), 10000000, &count)) || count == 0 ||
        sodium_init() < 0) {
        (void)fprintf(stderr, "usage: bench_parse [REPORTS]\n");
        return 2;
    }
    struct election_register *reg = make_register();
    struct buffer lines = {0};
    struct buffer answer = {0};
    make_reports((int)count, &lines);

    int64_t began_us = clock_monotonic_us();
    uint64_t taken = 0;
    struct slice rest = {lines.bytes, lines.length - 1};
    while (rest.bytes != NULL) {
        taken += take(reg, text_split(&rest, '\n'), &answer);
    }
    int64_t duration_us = clock_monotonic_us() - began_us;
    (void)printf("{\"reports\":%" PRIu64 ",\"taken\":%" PRIu64 ",\"nanoseconds_a_report\":%.0f}\n", count,
                 taken, (double)duration_us * 1000 / (double)count);
    buffer_done(&answer);
    buffer_done(&lines);
    register_release(reg);
    return taken == count ? EXIT_SUCCESS : EXIT_FAILURE;
}
