/* Compares three accounts of the same night: the writers' notes, Redis, and a model that is told the reports again. */
#include "fault_oracle.h"

#include <check.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/election/rules.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/signature.h>

#include "fault_log.h"
#include "memory_store.h"
#include "process.h"
#include "small_election.h"

enum { LOST_SHOWN = 3 }; /* of one look; the rest is only counted */

/* One look at Redis. */
struct look {
    const struct election_folder *election;
    const struct fault_writers *writers;
    struct redisContext *redis;
    struct fault_log log;
    struct memory_store *model;
    const struct fault_line **stored[FAULT_WRITERS]; /* the line of each note; NULL: it is not stored */
    uint64_t lost;
    uint64_t doubled;
};

static uint32_t unit_of(const struct look *look, const char *code)
{
    uint32_t unit = register_find_unit(look->election->reg, slice_of(code));
    ck_assert_uint_ne(unit, REGISTER_NONE);
    return unit;
}

/* A note as the server makes it of what was sent. */
static struct report_received received_of(const struct look *look, size_t writer, size_t note,
                                          int64_t received_ms)
{
    struct buffer text = {0};
    fault_note_write(&text, &look->writers->each[writer], note);
    struct report report;
    struct error error;
    ck_assert(report_json_parse(text.bytes, text.length, &report, &error) == TURNOUT_OK);
    buffer_done(&text);
    struct report_received received = {.seq = report.seq,
                                       .voted = report.voted,
                                       .registered = report.registered,
                                       .kind = report.kind,
                                       .reason = report.reason,
                                       .test = report.test,
                                       .round = election_round_at(&look->election->election, report.as_of),
                                       .as_of = report.as_of,
                                       .received_ms = received_ms};
    report_digest(&report, received.digest);
    return received;
}

/* ---- the log, line by line ---- */

/* Which note a line speaks of. The report stands in it as it was sent. */
static void find_note(const struct look *look, const char *text, size_t *ret_writer, size_t *ret_note)
{
    static const char key[] = ",\"report\":";
    const char *sent = strstr(text, key);
    ck_assert_msg(sent != NULL, "no report in %s", text);
    sent += strlen(key);
    json_t *report = json_loads(sent, JSON_DISABLE_EOF_CHECK, NULL);
    ck_assert_ptr_nonnull(report);
    size_t writer = 0;
    while (writer < FAULT_WRITERS &&
           strcmp(look->writers->each[writer].unit, json_text_of(report, "unit")) != 0) {
        writer++;
    }
    int64_t seq = json_integer_of(report, "seq");
    json_decref(report);
    ck_assert_msg(writer < FAULT_WRITERS && seq > 0 && seq <= (int64_t)look->writers->each[writer].count,
                  "nobody sent %s", text);
    *ret_writer = writer;
    *ret_note = (size_t)seq - 1;

    struct buffer wanted = {0};
    fault_note_write(&wanted, &look->writers->each[writer], *ret_note);
    buffer_append_char(&wanted, '}');
    ck_assert_msg(strcmp(sent, wanted.bytes) == 0, "stored as %s, and sent as %s", sent, wanted.bytes);
    buffer_done(&wanted);
}

static int64_t received_ms_of(const char *text)
{
    json_t *line = json_of(text);
    int64_t received_ms = json_integer_of(line, "received");
    json_decref(line);
    return received_ms;
}

static void tell_model(struct look *look, const struct fault_line *line)
{
    size_t writer;
    size_t note;
    find_note(look, line->text, &writer, &note);
    if (look->stored[writer][note] != NULL) {
        look->doubled++;
        return;
    }
    look->stored[writer][note] = line;
    struct report_received received = received_of(look, writer, note, received_ms_of(line->text));
    struct report_outcome outcome;
    memory_store_apply(look->model, unit_of(look, look->writers->each[writer].unit), &received, &outcome);
    enum report_status wanted = line->is_held ? STATUS_HELD : STATUS_ACCEPTED;
    ck_assert_msg(outcome.status == wanted && outcome.is_new, "the model says %s of %s",
                  report_status_name(outcome.status), line->text);
    if (line->is_held) {
        char id[32];
        char held[4096];
        (void)snprintf(id, sizeof id, "%s.%d", look->writers->each[writer].unit, received.seq);
        fault_words_read(look->redis, line->commune[1] == '1' ? "01" : "02", "held", id, held, sizeof held);
        ck_assert_msg(strcmp(held, line->text) == 0, "held as %s, in the log as %s", held, line->text);
    }
}

/* ---- what was acknowledged ---- */

static void compare_answers(struct look *look)
{
    for (size_t i = 0; i < FAULT_WRITERS; i++) {
        const struct fault_writer *writer = &look->writers->each[i];
        for (size_t at = 0; at < writer->count; at++) {
            const struct fault_note *note = &writer->notes[at];
            const struct fault_line *line = look->stored[i][at];
            if (!note->is_answered || note->answer == STATUS_SUPERSEDED) {
                continue;
            }
            if (note->answer == STATUS_REJECTED) {
                ck_assert_msg(line == NULL, "%s %zu was rejected, and is stored", writer->unit, at + 1);
            } else if (line == NULL) {
                look->lost++;
                if (look->lost <= LOST_SHOWN) {
                    (void)printf("lost: %s %zu, %s\n", writer->unit, at + 1,
                                 report_status_name(note->answer));
                }
            } else {
                ck_assert_msg(line->is_held == (note->answer == STATUS_HELD),
                              "%s %zu was %s, but the log says %s", writer->unit, at + 1,
                              report_status_name(note->answer), line->text);
            }
        }
    }
}

/* ---- words and sums ---- */

static void write_rounds(const struct totals *totals, char *ret_rounds, size_t capacity)
{
    size_t last = 0;
    for (size_t i = 0; i < ROUNDS_MAX; i++) {
        last = totals->rounds[i] != 0 ? i + 1 : last;
    }
    int length = snprintf(ret_rounds, capacity, "%s", last == 0 ? "0" : "");
    for (size_t i = 0; i < last; i++) {
        length += snprintf(ret_rounds + length, capacity - (size_t)length, "%s%lld", i == 0 ? "" : ",",
                           (long long)totals->rounds[i]);
        if (totals->late[i] != 0) {
            length +=
                snprintf(ret_rounds + length, capacity - (size_t)length, "/%lld", (long long)totals->late[i]);
        }
    }
}

/* Twelve words: the chain and its length come from the lines, the counts from the model. */
static void compare_commune(const struct look *look, uint32_t area)
{
    const char *code = look->election->reg->areas[area].code;
    const char *province = look->election->reg->areas[look->election->reg->areas[area].parent].code;
    unsigned char head[crypto_hash_sha256_BYTES] = {0};
    long long revision = 0;
    const char *last = "-";
    for (size_t i = 0; i < look->log.count; i++) {
        const struct fault_line *line = &look->log.lines[i];
        if (strcmp(line->commune, code) == 0) {
            crypto_hash_sha256_state state;
            crypto_hash_sha256_init(&state);
            crypto_hash_sha256_update(&state, head, sizeof head);
            crypto_hash_sha256_update(&state, (const unsigned char *)line->text, strlen(line->text));
            crypto_hash_sha256_final(&state, head);
            revision++;
            last = line->entry;
        }
    }
    char hex[2 * sizeof head + 1];
    sodium_bin2hex(hex, sizeof hex, head, sizeof head);
    const struct totals *totals = memory_store_totals(look->model, area);
    char rounds[256];
    write_rounds(totals, rounds, sizeof rounds);
    char wanted[FAULT_WORDS_BYTES];
    (void)snprintf(wanted, sizeof wanted, "%lld %s %lld %lld %lld %lld %lld %lld %lld %lld %s %s", revision,
                   hex, (long long)totals->voted, (long long)totals->registered,
                   (long long)totals->units_reported, (long long)totals->registered_reported,
                   (long long)totals->units_final, (long long)totals->units_complete, (long long)totals->held,
                   (long long)totals->as_of, rounds, last);
    char words[FAULT_WORDS_BYTES];
    fault_words_read(look->redis, province, "communes", code, words, sizeof words);
    ck_assert_msg(strcmp(words, wanted) == 0, "commune %s\nhas   %s\nnot   %s", code, words, wanted);
}

static void compare_province(const struct look *look, uint32_t area)
{
    const char *code = look->election->reg->areas[area].code;
    const struct totals *totals = memory_store_totals(look->model, area);
    const struct {
        const char *field;
        int64_t wanted;
    } fields[] = {{"voted", totals->voted},
                  {"registered", totals->registered},
                  {"units_reported", totals->units_reported},
                  {"registered_reported", totals->registered_reported},
                  {"units_final", totals->units_final},
                  {"units_complete", totals->units_complete},
                  {"held", totals->held},
                  {"revision", totals->revision},
                  {"as_of", totals->as_of}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        char words[FAULT_WORDS_BYTES];
        char wanted[32];
        fault_words_read(look->redis, code, "totals", fields[i].field, words, sizeof words);
        (void)snprintf(wanted, sizeof wanted, "%lld", (long long)fields[i].wanted);
        ck_assert_msg(strcmp(words, wanted) == 0, "province %s: %s is %s, not %s", code, fields[i].field,
                      words, wanted);
    }
    ck_assert_int_eq(fault_words_count(look->redis, code, "units"), totals->units_reported);
    ck_assert_int_eq(fault_words_count(look->redis, code, "held"), totals->held);
    ck_assert_int_eq(fault_words_count(look->redis, code, "waiting"), totals->held);
}

static void compare_unit(const struct look *look, const char *code)
{
    const struct unit_state *unit = memory_store_unit(look->model, unit_of(look, code));
    char words[FAULT_WORDS_BYTES];
    char wanted[FAULT_WORDS_BYTES] = "";
    fault_words_read(look->redis, code[1] == '1' ? "01" : "02", "units", code, words, sizeof words);
    if (unit->seq > 0) {
        char digest[2 * REPORT_DIGEST_BYTES + 1];
        sodium_bin2hex(digest, sizeof digest, unit->digest, sizeof unit->digest);
        (void)snprintf(wanted, sizeof wanted, "%d %d %d %lld %lld %s %u %s", unit->seq, unit->voted,
                       unit->registered, (long long)unit->as_of, (long long)unit->received_ms,
                       report_kind_name(unit->kind), unit->round, digest);
    }
    ck_assert_msg(strcmp(words, wanted) == 0, "unit %s\nhas   %s\nnot   %s", code, words, wanted);
}

/* ---- a look ---- */

static void look_at(struct look *look)
{
    look->model = memory_store_new(&look->election->election, look->election->reg);
    for (size_t i = 0; i < FAULT_WRITERS; i++) {
        look->stored[i] = memory_new_array(look->writers->each[i].count, sizeof *look->stored[i]);
    }
    fault_log_read(look->redis, &look->log);
    for (size_t i = 0; i < look->log.count; i++) {
        tell_model(look, &look->log.lines[i]);
    }
    compare_answers(look);
    for (size_t i = 0; i < FAULT_WRITERS; i++) {
        compare_unit(look, look->writers->each[i].unit);
    }
    const struct election_register *reg = look->election->reg;
    for (uint32_t area = 1; area < reg->area_count; area++) {
        if (reg->areas[area].level == AREA_COMMUNE) {
            compare_commune(look, area);
        } else {
            compare_province(look, area);
        }
    }
}

static void look_done(struct look *look)
{
    memory_store_free(look->model);
    fault_log_done(&look->log);
    for (size_t i = 0; i < FAULT_WRITERS; i++) {
        free(look->stored[i]);
    }
}

static void add_figures(struct fault_figures *figures, const struct look *look)
{
    figures->sent += fault_writers_sent(look->writers);
    figures->acknowledged += look->writers->acknowledged;
    figures->stored += look->log.count - look->doubled;
    figures->lost += look->lost;
    figures->doubled += look->doubled;
}

void fault_oracle_look(const struct election_folder *election, const struct fault_writers *writers,
                       struct redisContext *redis, struct fault_figures *figures)
{
    struct look look = {.election = election, .writers = writers, .redis = redis};
    look_at(&look);
    add_figures(figures, &look);
    look_done(&look);
}

/* ---- sending again ---- */

/* What the model says of a report that was not answered. */
struct expectation {
    size_t writer;
    size_t note;
    enum report_status status;
    bool is_stored;
};

/* The caller frees. */
static struct expectation *expect_answers(const struct look *look, size_t *ret_count)
{
    struct expectation *expected = memory_new_array(fault_writers_sent(look->writers), sizeof *expected);
    *ret_count = 0;
    for (size_t i = 0; i < FAULT_WRITERS; i++) {
        const struct fault_writer *writer = &look->writers->each[i];
        for (size_t at = writer->first_open; at < writer->count; at++) {
            if (!writer->notes[at].is_answered) {
                struct report_received received = received_of(look, i, at, clock_wall_ms());
                struct report_outcome outcome;
                memory_store_apply(look->model, unit_of(look, writer->unit), &received, &outcome);
                expected[(*ret_count)++] =
                    (struct expectation){i, at, outcome.status, look->stored[i][at] != NULL};
            }
        }
    }
    return expected;
}

static void send_again(struct fault_writers *writers, const struct look *look, struct fault_figures *figures)
{
    size_t count;
    struct expectation *expected = expect_answers(look, &count);
    figures->unanswered += count;
    fault_writers_settle(writers);
    for (size_t i = 0; i < count; i++) {
        const struct fault_writer *writer = &writers->each[expected[i].writer];
        enum report_status answer = writer->notes[expected[i].note].answer;
        ck_assert_msg(answer == expected[i].status, "%s %zu, which was %s, sent again: %s, not %s",
                      writer->unit, expected[i].note + 1, expected[i].is_stored ? "stored" : "not stored",
                      report_status_name(answer), report_status_name(expected[i].status));
    }
    free(expected);
}

/* ---- what the public sees ---- */

static bool shows(const json_t *area, const struct totals *totals)
{
    const json_t *verified = json_object_get(area, "verified");
    const json_t *voted = json_object_get(area, "voted");
    return json_is_true(verified) && json_is_integer(voted) && json_integer_value(voted) == totals->voted &&
           json_integer_of(area, "registered") == totals->registered &&
           json_integer_of(area, "units_reported") == totals->units_reported &&
           json_integer_of(area, "registered_reported") == totals->registered_reported &&
           json_integer_of(area, "units_complete") == totals->units_complete &&
           json_integer_of(area, "held") == totals->held;
}

/* The publication follows within its interval. */
static void wait_shown(const struct turnoutd *turnoutd, const char *target, const char *key,
                       const struct totals *totals)
{
    enum { ASK_AGAIN_MS = 20 };
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (;;) {
        json_t *document = json_get(turnoutd->public_port, target, 200);
        const json_t *area = json_object_of(document, key);
        bool is_shown = shows(area, totals);
        if (!is_shown && clock_monotonic_ms() >= deadline) {
            char *text = json_dumps(area, 0);
            ck_abort_msg("%s shows %s; %lld voted", target, text, (long long)totals->voted);
        }
        json_decref(document);
        if (is_shown) {
            return;
        }
        (void)poll(NULL, 0, ASK_AGAIN_MS);
    }
}

static void compare_documents(const struct look *look, const struct turnoutd *turnoutd)
{
    const struct election_register *reg = look->election->reg;
    struct totals nation = {0};
    for (uint32_t area = 1; area < reg->area_count; area++) {
        const struct totals *totals = memory_store_totals(look->model, area);
        if (reg->areas[area].level == AREA_PROVINCE) {
            totals_add(&nation, totals);
        }
        char target[64];
        (void)snprintf(target, sizeof target, "/v1/areas/%s", reg->areas[area].code);
        wait_shown(turnoutd, target, "area", totals);
    }
    wait_shown(turnoutd, "/v1/turnout", "nation", &nation);
}

void fault_oracle_check(const struct election_folder *election, struct fault_writers *writers,
                        struct redisContext *redis, const struct turnoutd *turnoutd,
                        struct fault_figures *figures)
{
    fault_writers_drain(writers);
    struct look before = {.election = election, .writers = writers, .redis = redis};
    look_at(&before);
    send_again(writers, &before, figures);
    struct look after = {.election = election, .writers = writers, .redis = redis};
    look_at(&after);
    compare_documents(&after, turnoutd);
    add_figures(figures, &after);
    look_done(&before);
    look_done(&after);
}
