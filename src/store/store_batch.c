/* Batches: reports into MessagePack, answers back into results. Knows the layout that proto/lua gives
 * a report; knows nothing of links. */
#include "store_batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

#include "msgpack.h"
#include "store_private.h"
#include "unit_text.h"

enum { ELEMENTS_A_REPORT = 18 };

struct store_batch *store_batch_new(uint32_t province)
{
    struct store_batch *batch = memory_new(sizeof *batch);
    batch->province = province;
    const char head[MSGPACK_ARRAY_HEAD_BYTES] = {0};
    buffer_append(&batch->bytes, head, sizeof head);
    return batch;
}

void store_batch_free(struct store_batch *batch)
{
    if (batch == NULL) {
        return;
    }
    buffer_done(&batch->bytes);
    free(batch->reports);
    free(batch);
}

static void remember(struct store_batch *batch, const char *unit, const struct report_received *received)
{
    if (batch->count == batch->capacity) {
        batch->capacity = batch->capacity == 0 ? 8 : 2 * batch->capacity;
        batch->reports = memory_resize(batch->reports, batch->capacity, sizeof batch->reports[0]);
    }
    struct batch_report *sent = &batch->reports[batch->count++];
    *sent = (struct batch_report){.unit = unit, .seq = received->report->seq};
    memcpy(sent->digest, received->digest, sizeof sent->digest);
}

/* In the order of proto/lua/reports.lua. */
static void write_report(struct buffer *out, const struct unit *unit, const char *commune_code,
                         const struct report_received *received)
{
    const struct report *report = received->report;
    char digest_hex[DIGEST_HEX_BYTES];
    digest_to_hex(received->digest, digest_hex);

    msgpack_text(out, slice_of(unit->code));
    msgpack_text(out, slice_of(commune_code));
    msgpack_integer_text(out, unit->registered);
    msgpack_integer_text(out, report->seq);
    msgpack_integer_text(out, report->as_of);
    msgpack_text(out, slice_of(report->as_of_text));
    msgpack_integer_text(out, report->voted);
    if (report->registered == REGISTERED_ABSENT) {
        msgpack_text(out, slice_of(""));
    } else {
        msgpack_integer_text(out, report->registered);
    }
    msgpack_text(out, slice_of(report->kind_given ? report_kind_name(report->kind) : ""));
    msgpack_text(out, slice_of(report_reason_name(report->reason)));
    msgpack_text(out, slice_of(report->note));
    msgpack_text(out, slice_of(report->key));
    msgpack_text(out, slice_of(report->sig));
    msgpack_text(out, slice_of(digest_hex));
    msgpack_integer_text(out, received->round);
    msgpack_integer_text(out, received->received_ms);
    msgpack_integer_text(out, received->struck);
    msgpack_text(out, slice_of(received->via == NULL ? "" : received->via));
}

void store_batch_add(struct store_batch *batch, const struct store *store, uint32_t unit,
                     const struct report_received *received)
{
    const struct election_register *reg = store_register(store);
    assert(batch->count < STORE_BATCH_REPORTS_MAX && unit < reg->unit_count);
    const struct unit *listed = &reg->units[unit];
    assert(register_province_of(reg, listed->commune) == batch->province);
    assert(received->report->kind_given || received->report->kind == KIND_PROGRESS);

    remember(batch, listed->code, received);
    write_report(&batch->bytes, listed, reg->areas[listed->commune].code, received);
}

void store_batch_set_phase(struct store_batch *batch, enum store_phase phase)
{
    batch->phase = phase;
}

size_t store_batch_count(const struct store_batch *batch)
{
    return batch->count;
}

struct slice store_batch_bytes(struct store_batch *batch)
{
    msgpack_array_head(batch->bytes.bytes, (uint32_t)batch->count * ELEMENTS_A_REPORT);
    return (struct slice){batch->bytes.bytes, batch->bytes.length};
}

static bool is_named(const struct batch_report *sent, struct slice unit, struct slice seq,
                     struct slice digest)
{
    uint64_t number;
    char digest_hex[DIGEST_HEX_BYTES];
    digest_to_hex(sent->digest, digest_hex);
    return slice_equals(unit, sent->unit) && slice_equals(digest, digest_hex) &&
           text_parse_unsigned(seq, SEQ_MAX, &number) && (int32_t)number == sent->seq;
}

/* The statuses that turnout_apply answers with, and whether a code comes with each. */
static const struct {
    const char *name;
    enum report_status status;
    bool has_code;
    bool by_committee;
    bool held_before;
} answers[] = {
    {"accepted", STATUS_ACCEPTED, false, false, false},
    {"duplicate", STATUS_DUPLICATE, false, false, false},
    {"superseded", STATUS_SUPERSEDED, false, false, false},
    {"held", STATUS_HELD, true, false, false},
    {"held-before", STATUS_HELD, true, false, true},
    {"rejected", STATUS_REJECTED, true, false, false},
    {"turned-down", STATUS_REJECTED, true, true, false},
};

static bool parse_status(struct slice status, struct slice code, struct store_result *ret_result)
{
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (slice_equals(status, answers[i].name)) {
            *ret_result = (struct store_result){.status = answers[i].status,
                                                .by_committee = answers[i].by_committee,
                                                .held_before = answers[i].held_before};
            return answers[i].has_code ? report_code_parse(code, &ret_result->code) : slice_equals(code, "-");
        }
    }
    return false;
}

static bool parse_answer(const struct batch_report *sent, struct slice answer,
                         struct store_result *ret_result)
{
    struct slice rest = answer;
    struct slice status = text_split(&rest, ' ');
    struct slice code = text_split(&rest, ' ');
    struct slice unit = text_split(&rest, ' ');
    struct slice seq = text_split(&rest, ' ');
    struct slice digest = text_split(&rest, ' ');
    if (!is_named(sent, unit, seq, digest) || !parse_status(status, code, ret_result)) {
        return false;
    }
    if (ret_result->status == STATUS_ACCEPTED) {
        return rest.bytes == NULL; /* nothing behind the digest */
    }
    return unit_text_parse(rest, &ret_result->standing);
}

void store_batch_read_result(const struct store_batch *batch, size_t index, struct slice answer,
                             struct store_result *ret_result)
{
    if (!parse_answer(&batch->reports[index], answer, ret_result)) {
        *ret_result = (struct store_result){.status = STATUS_UNAVAILABLE, .code = CODE_STORE_UNAVAILABLE};
    }
}
