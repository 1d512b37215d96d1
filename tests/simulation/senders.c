/* Units report, correct, send again, out of order, to two servers at once, with a seq that is another's or that lies
 * far ahead; committees release and reject. */
#include "senders.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/signature.h>

#include "oracle.h"
#include "registers.h"
#include "scene.h"
#include "servers.h"
#include "world.h"

enum {
    RECENT = 6,
    DISTURBERS = 4,
    HOME_US = 2 * WORLD_SECOND_US,
    REST_US_MAX = 300000,
    VOIDED_US_MAX = 4 * WORLD_SECOND_US
};

struct sender {
    struct sent_report **reports;
    size_t count, capacity;
    int32_t seq;   /* the last one that was used */
    int32_t voted; /* reported last */
    int64_t rests_until_us;
};

static struct {
    struct sender *units;
    uint64_t sent;
    bool is_done;
    bool rehearse; /* as the answers tell */
} senders;

/* ---- making reports ---- */

static int32_t clamp(int64_t count)
{
    return count < 0 ? 0 : count > VOTERS_MAX ? VOTERS_MAX : (int32_t)count;
}

static int32_t draw_voted(const struct sender *sender, int32_t listed, enum report_kind kind)
{
    if (kind == KIND_CORRECTION) {
        return (int32_t)world_between(0, sender->voted);
    }
    int64_t voted = (int64_t)sender->voted + world_between(0, world_chance(900) ? 10 : 200);
    switch (world_random(40)) {
    case 0:
        return listed;
    case 1:
        return clamp(sender->voted - world_between(0, 50));
    case 2:
        return clamp((int64_t)listed + world_between(1, 100));
    default:
        return clamp(voted < listed ? voted : listed);
    }
}

static int32_t draw_seq(struct sender *sender)
{
    switch (world_random(60)) {
    case 0: /* too far: it would lock the unit out */
        return world_chance(50) ? SEQ_MAX : (int32_t)world_between(sender->seq + 1001, sender->seq + 100000);
    case 1:
        sender->seq += (int32_t)world_between(2, 900);
        return sender->seq;
    case 2:
    case 3:
        return (int32_t)world_between(1, sender->seq + 1); /* another report may have it */
    default:
        sender->seq++;
        return sender->seq;
    }
}

static void draw_kind(struct report *report)
{
    static const enum report_reason reasons[] = {REASON_MISCOUNT, REASON_MISTYPED, REASON_OTHER, REASON_NONE};
    uint64_t kind = world_random(20);
    report->kind_given = kind < 19;
    if (kind < 3) {
        report->kind = KIND_CORRECTION;
        report->reason = reasons[world_random(sizeof reasons / sizeof reasons[0])];
    } else {
        report->kind = kind == 3 ? KIND_FINAL : KIND_PROGRESS;
    }
}

static struct sent_report *keep(uint32_t unit, const struct report *report)
{
    struct sender *sender = &senders.units[unit];
    struct sent_report *sent = memory_new(sizeof *sent);
    sent->unit = unit;
    sent->received = report_received_of(report, election_round_at(&scene.election, report->as_of), 0);
    struct buffer json = {0};
    report_json_write(&json, report);
    sent->json = buffer_take(&json, &sent->json_bytes);
    if (sender->count == sender->capacity) {
        sender->capacity = sender->capacity == 0 ? 32 : 2 * sender->capacity;
        sender->reports = memory_resize(sender->reports, sender->capacity, sizeof(struct sent_report *));
    }
    sender->reports[sender->count++] = sent;
    return sent;
}

static struct sent_report *make_report(uint32_t unit)
{
    struct sender *sender = &senders.units[unit];
    int32_t listed = (int32_t)scene.reg->units[unit].registered;
    struct report report = {.registered = REGISTERED_ABSENT};
    bool fits = slice_copy(slice_of(scene.election.id), report.election, sizeof report.election) &&
                slice_copy(slice_of(scene.reg->units[unit].code), report.unit, sizeof report.unit);
    assert(fits);
    report.seq = draw_seq(sender);
    if (world_chance(80)) {
        report.registered = clamp(listed + world_between(-100, 300));
    }
    draw_kind(&report);
    report.test = world_chance(20) ? !senders.rehearse : senders.rehearse;
    report.voted = draw_voted(sender, listed, report.kind);
    /* Seldom early or late. */
    report.as_of = clock_wall_ms() / 1000 + (world_chance(50) ? world_between(-600, 300) : 0);
    rfc3339_format(report.as_of, scene.election.offset_s, report.as_of_text);
    unsigned char digest[REPORT_DIGEST_BYTES];
    report_digest(&report, digest);
    struct sent_report *made = senders_find(unit, report.seq, digest);
    if (made == NULL) {
        made = keep(unit, &report);
    }
    return made;
}

struct sent_report *senders_find(uint32_t unit, int32_t seq, const unsigned char digest[REPORT_DIGEST_BYTES])
{
    const struct sender *sender = &senders.units[unit];
    for (size_t i = sender->count; i > 0; i--) {
        const struct report_received *received = &sender->reports[i - 1]->received;
        if (received->seq == seq && memcmp(received->digest, digest, REPORT_DIGEST_BYTES) == 0) {
            return sender->reports[i - 1];
        }
    }
    return NULL;
}

void senders_learn(struct sent_report *sent, const struct report_outcome *outcome)
{
    struct sender *sender = &senders.units[sent->unit];
    sent->is_told = sent->is_told || outcome->status != STATUS_UNAVAILABLE;
    if (outcome->status == STATUS_UNAVAILABLE) {
        sender->rests_until_us = world_now_us() + world_between(0, REST_US_MAX);
    }
    if (outcome->code == CODE_NOT_OPEN || outcome->code == CODE_TEST_REPORT) {
        senders.rehearse = outcome->code == CODE_NOT_OPEN;
        return;
    }
    if (outcome->status == STATUS_ACCEPTED) {
        sender->voted = sent->received.voted;
    } else if (outcome->status == STATUS_SUPERSEDED || outcome->status == STATUS_REJECTED) {
        bool is_behind = outcome->next_seq - 1 > sender->seq;
        bool is_ahead = outcome->code == CODE_SEQ_TOO_FAR;
        sender->seq = is_behind || is_ahead ? outcome->next_seq - 1 : sender->seq;
        sender->voted = outcome->standing.voted;
    }
}

/* ---- sending ---- */

/* A register can only change while the units that differ are silent: seldom one of these. */
static uint32_t draw_unit(void)
{
    uint32_t unit = (uint32_t)world_random(scene.reg->unit_count);
    bool is_rare = scene.has_registers && registers_differ_in(unit) && !world_chance(50);
    return is_rare ? (uint32_t)world_random(scene.reg->unit_count) : unit;
}

/* Mostly the same for a while: what is decided by another server has to be loaded anew. */
static uint32_t draw_server(uint32_t unit)
{
    uint64_t home = (uint64_t)(unit + world_now_us() / HOME_US);
    return (uint32_t)((world_chance(200) ? world_random(scene.server_count) : home) % scene.server_count);
}

static void send(uint32_t server, struct sent_report *sent)
{
    senders.sent++;
    server_send_report(server, sent);
}

static void send_again(uint32_t unit)
{
    const struct sender *sender = &senders.units[unit];
    if (sender->count > 0) {
        size_t back = world_random(world_chance(900) ? RECENT : sender->count);
        send(draw_server(unit), sender->reports[back < sender->count ? sender->count - 1 - back : 0]);
    }
}

static void send_twice_at_once(uint32_t unit)
{
    struct sent_report *sent = make_report(unit);
    uint32_t server = draw_server(unit);
    send(server, sent);
    send((server + 1) % scene.server_count, sent);
}

static void send_out_of_order(uint32_t unit)
{
    struct sent_report *first = make_report(unit);
    struct sent_report *second = make_report(unit);
    uint32_t server = draw_server(unit);
    send(server, second);
    send(world_chance(500) ? server : draw_server(unit), first);
}

static void decide(uint32_t unit)
{
    const struct oracle_record *waiting = oracle_draw_waiting(unit);
    if (waiting == NULL) {
        return;
    }
    uint32_t server = draw_server(unit);
    /* One whose seq is far ahead would lock the unit out. */
    bool releases = world_chance(waiting->seq > senders.units[unit].seq + SEQ_STEP_MAX ? 20 : 600);
    server_send_decision(server, unit, waiting->seq, releases);
    if (world_chance(300)) { /* somebody else thinks otherwise */
        server_send_decision(world_chance(500) ? server : draw_server(unit), unit, waiting->seq, !releases);
    }
}

/* The last one that counted, to whichever server, which perhaps has heard nothing of the commune since. */
static void send_voided_again(void *context)
{
    const struct sender *sender = context;
    size_t at = sender->count;
    while (at > 0 && sender->reports[at - 1]->acknowledged_in != scene_generation()) {
        at--;
    }
    if (!senders.is_done && at > 0) {
        send((uint32_t)world_random(scene.server_count), sender->reports[at - 1]);
    }
}

/* A committee finds that the unit's reports are another's; that one sends them again. The true unit begins to count. */
static void void_unit(uint32_t unit)
{
    server_send_void(draw_server(unit), unit);
    for (int i = 0; i < 3; i++) {
        world_after(world_between(0, VOIDED_US_MAX), send_voided_again, &senders.units[unit]);
    }
    if (world_chance(500)) {
        senders.units[unit].seq = 0;
        senders.units[unit].voted = 0;
    }
}

void senders_silence(uint32_t unit)
{
    const struct oracle_record *waiting = oracle_draw_waiting(unit);
    for (uint32_t server = 0; server < scene.server_count; server++) {
        server_send_void(server, unit);
        if (waiting != NULL) {
            server_send_decision(server, unit, waiting->seq, false);
        }
    }
}

static void act(uint32_t unit)
{
    if (world_chance(20)) {
        void_unit(unit);
        return;
    }
    switch (world_random(12)) {
    case 0:
    case 1:
        send_again(unit);
        break;
    case 2:
        send_twice_at_once(unit);
        break;
    case 3:
        send_out_of_order(unit);
        break;
    case 4:
    case 5:
        decide(unit);
        break;
    default:
        send(draw_server(unit), make_report(unit));
        break;
    }
}

static void report_a_change(void *context)
{
    (void)context;
    uint32_t units = scene.reg->unit_count;
    uint32_t first = (uint32_t)world_random(units);
    for (uint32_t i = 0; i < units && !senders.is_done; i++) {
        uint32_t unit = (first + i) % units;
        if (registers_differ_in(unit)) {
            send((uint32_t)world_random(scene.server_count), make_report(unit));
            return;
        }
    }
}

void senders_disturb(int64_t within_us)
{
    for (int i = 0; i < DISTURBERS; i++) {
        world_after(world_between(0, within_us), report_a_change, NULL);
    }
}

static void on_moment(void *context)
{
    (void)context;
    int64_t actions = world_between(1, scene.burst);
    uint32_t unit = draw_unit();
    for (int64_t i = 0; i < actions && senders.sent < scene.reports; i++) {
        unit = world_chance(300) ? unit : draw_unit();
        if (senders.units[unit].rests_until_us <= world_now_us() || world_chance(20)) {
            act(unit);
        }
    }
    if (senders.sent < scene.reports) {
        world_after(world_between(0, 2 * scene.gap_us), on_moment, NULL);
    } else {
        senders.is_done = true;
    }
}

void senders_start(void)
{
    world_after(0, on_moment, NULL);
}

bool senders_are_done(void)
{
    return senders.is_done;
}

uint64_t senders_sent(void)
{
    return senders.sent;
}

void senders_each(sent_report_fn *on_report)
{
    for (uint32_t unit = 0; unit < scene.reg->unit_count; unit++) {
        for (size_t i = 0; i < senders.units[unit].count; i++) {
            on_report(senders.units[unit].reports[i]);
        }
    }
}

static void send_if_not_told(struct sent_report *sent)
{
    if (!sent->is_told) {
        send(draw_server(sent->unit), sent);
    }
}

void senders_send_rest(void)
{
    senders_each(send_if_not_told);
}

/* ---- life ---- */

void senders_begin(void)
{
    memset(&senders, 0, sizeof senders);
    senders.units = memory_new_array(scene.reg->unit_count, sizeof *senders.units);
}

static void sent_report_free(struct sent_report *sent)
{
    free(sent->json);
    free(sent);
}

void senders_end(void)
{
    senders_each(sent_report_free);
    for (uint32_t unit = 0; unit < scene.reg->unit_count; unit++) {
        free(senders.units[unit].reports);
    }
    free(senders.units);
}
