/* What a worker does with a report: who may send it, what goes to the tally, and what becomes of the tally's word. The
 * test is the tally: it takes messages off the port and answers them. */
#include <turnout/service/intake.h>

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include <turnout/base/clock.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/signature.h>

#include "crypto.h"
#include "register_rows.h"
#include "suite.h"

enum { OPENS = 1773529200, THREE = 1773561600, LONG_S = 1000000, TAG = 77 };

#define AS_OF "2026-03-15T15:00:00+07:00"

static const struct register_rows places = {
    .areas = {{"VN", "nation", ""}, {"1", "province", "VN"}, {"11", "commune", "1"}, {"12", "commune", "1"}},
    .units = {{"111", "11", "900"}, {"112", "11", "900"}, {"121", "12", "900"}},
};

static const struct election election = {
    .id = "vn-2026", .opens = OPENS, .offset_s = 7 * 3600, .rounds = {OPENS + 7200, THREE}, .round_count = 2};

static const struct {
    const char *id;
    const char *area;
    int64_t from_s; /* from now; 0: none */
    int64_t revoked_s;
} key_rows[] = {
    {"unit", "111", 0, 0}, {"other", "112", 0, 0},      {"relay", "11", 0, 0},
    {"far", "12", 0, 0},   {"later", "111", LONG_S, 0}, {"lost", "111", 0, -LONG_S},
};

static struct election_register *reg;
static struct credentials credentials;
static struct waker tally_waker;
static struct tally_port port;
static struct counters counters;
static struct intake *intake;
static uint32_t times_sent;

static struct report_result answer;
static uint32_t answers;

/* ---- fixture ---- */

/* The private key of a row. */
static void seed_of(const char *id, unsigned char ret_seed[SIGNING_SEED_BYTES])
{
    memset(ret_seed, 0, SIGNING_SEED_BYTES);
    memcpy(ret_seed, id, strlen(id));
}

static void make_keys(void)
{
    int64_t now = clock_wall_ms() / 1000;
    struct signing_keys_builder *builder = signing_keys_builder_new(reg, refuse_fault, NULL);
    for (uint32_t i = 0; i < COUNT(key_rows); i++) {
        unsigned char seed[SIGNING_SEED_BYTES];
        unsigned char public_key[PUBLIC_KEY_BYTES];
        unsigned char pair[SIGNING_PAIR_BYTES];
        seed_of(key_rows[i].id, seed);
        ck_assert_int_eq(crypto_sign_seed_keypair(public_key, pair, seed), 0);
        signing_keys_builder_add(builder, i + 2, slice_of(key_rows[i].id), slice_of(key_rows[i].area),
                                 public_key, key_rows[i].from_s == 0 ? 0 : now + key_rows[i].from_s, 0,
                                 key_rows[i].revoked_s == 0 ? 0 : now + key_rows[i].revoked_s);
    }
    credentials.keys = signing_keys_builder_finish(builder);
    signing_keys_builder_free(builder);
}

#define GOOD    "7K4Q9M2D"
#define REVOKED "REV0KED0"
#define UNKNOWN "00000000"

/* GOOD, revoked at `revoked` if it is not empty, and REVOKED. */
static struct tokens *tokens_of(const char *revoked)
{
    struct buffer text = {0};
    struct tokens *made = NULL;
    struct error error;
    buffer_printf(&text,
                  "id,label,role,area,made,expires,revoked\n" GOOD
                  ",\"Xã \"\"1\"\"\",relay,11,2026-03-15T07:00:00Z,2026-03-16T07:00:00Z,%s\n" REVOKED
                  ",b,relay,11,2026-03-15T07:00:00Z,2026-03-16T07:00:00Z,2026-03-15T08:00:00Z\n",
                  revoked);
    ck_assert_int_eq(tokens_parse(text.bytes, text.length, refuse_fault, NULL, &made, &error), TURNOUT_OK);
    buffer_done(&text);
    return made;
}

static void note_sent(void *context)
{
    (void)context;
    times_sent++;
}

static void begin(void)
{
    reg = register_of_rows(&places);
    make_keys();
    credentials.tokens = tokens_of("");
    ck_assert(waker_init(&tally_waker));
    ck_assert(tally_port_init(&port, &tally_waker));
    intake = intake_new(&(struct intake_options){
        .election = &election,
        .reg = reg,
        .port = &port,
        .counters = &counters,
        .credentials = &credentials,
        .takes_unsigned = true,
        .on_sent = note_sent,
    });
    intake_set_phase(intake, PHASE_OPEN);
}

static void end(void)
{
    intake_free(intake);
    tally_port_done(&port);
    waker_done(&tally_waker);
    signing_keys_release(credentials.keys);
    tokens_release(credentials.tokens);
    register_release(reg);
}

static void on_answer(void *context, uint64_t tag, const struct report_result *result)
{
    ck_assert_ptr_eq(context, &answer);
    ck_assert_uint_eq(tag, TAG);
    answer = *result;
    answers++;
}

static struct report report_of_unit(const char *unit)
{
    struct report report = {.election = "vn-2026",
                            .seq = 8,
                            .as_of_text = AS_OF,
                            .as_of = THREE,
                            .voted = 700,
                            .registered = 905,
                            .kind = KIND_CORRECTION,
                            .kind_given = true,
                            .reason = REASON_MISTYPED};
    ck_assert(slice_copy(slice_of(unit), report.unit, sizeof report.unit));
    return report;
}

/* Signs with the private key of `signer`, and says that it was that of `key`. */
static void sign(struct report *report, const char *key, const char *signer)
{
    unsigned char seed[SIGNING_SEED_BYTES];
    seed_of(signer, seed);
    ck_assert(slice_copy(slice_of(key), report->key, sizeof report->key));
    report_sign(report, seed);
}

/* The message that it became; NULL when it was answered at once. */
static struct report_message *submit(const struct report *report, const struct principal *voucher)
{
    struct buffer sent = {0};
    uint32_t before = answers;
    report_json_write(&sent, report);
    intake_submit(intake, voucher, sent.bytes, sent.length, on_answer, &answer, TAG);
    buffer_done(&sent);
    struct message *message = tally_port_take(&port);
    ck_assert((message == NULL) == (answers == before + 1));
    return (struct report_message *)message;
}

/* The way back of a message, to its answer. */
static void bring_back(struct report_message *message)
{
    uint32_t before = answers;
    tally_port_answer(&port, &message->message);
    ck_assert_ptr_eq(tally_port_receive(&port), &message->message);
    intake_answer(intake, message);
    ck_assert_uint_eq(answers, before + 1);
}

static void bring_back_accepted(struct report_message *message)
{
    ck_assert_ptr_nonnull(message);
    message->outcome = (struct report_outcome){.status = STATUS_ACCEPTED};
    bring_back(message);
    ck_assert_int_eq(answer.status, STATUS_ACCEPTED);
}

SHARED_FIXTURE(crypto_start, NULL);
FIXTURE(begin, end);

/* ---- who may send what ---- */

/* `token` is the area of a relay's token; `lasts_s` how long it is good. */
static const struct {
    const char *what;
    const char *election;
    const char *unit;
    const char *key; /* NULL: not signed */
    const char *signer;
    const char *token;
    int64_t lasts_s;
    enum report_code code; /* CODE_NONE: goes to the tally */
    const char *field;
} senders[] = {
    {"its own key", "vn-2026", "111", "unit", "unit", NULL, 0, CODE_NONE, ""},
    {"its commune's key", "vn-2026", "112", "relay", "relay", NULL, 0, CODE_NONE, ""},
    {"another election", "vn-2021", "111", "unit", "unit", NULL, 0, CODE_WRONG_ELECTION, "election"},
    {"a prefix is another election", "vn-202", "111", "unit", "unit", NULL, 0, CODE_WRONG_ELECTION,
     "election"},
    {"a longer one, too", "vn-2026b", "111", "unit", "unit", NULL, 0, CODE_WRONG_ELECTION, "election"},
    {"the election comes first", "x", "999", "none", "unit", NULL, 0, CODE_WRONG_ELECTION, "election"},
    {"no such unit", "vn-2026", "999", "unit", "unit", NULL, 0, CODE_UNKNOWN_UNIT, "unit"},
    {"a commune is no unit", "vn-2026", "11", "relay", "relay", NULL, 0, CODE_UNKNOWN_UNIT, "unit"},
    {"no such key", "vn-2026", "111", "none", "unit", NULL, 0, CODE_UNKNOWN_KEY, "key"},
    {"a key of later", "vn-2026", "111", "later", "later", NULL, 0, CODE_UNKNOWN_KEY, "key"},
    {"a revoked key", "vn-2026", "111", "lost", "lost", NULL, 0, CODE_UNKNOWN_KEY, "key"},
    {"another unit's key", "vn-2026", "111", "other", "other", NULL, 0, CODE_OUT_OF_SCOPE, "key"},
    {"another commune's key", "vn-2026", "111", "far", "far", NULL, 0, CODE_OUT_OF_SCOPE, "key"},
    {"signed by another", "vn-2026", "111", "unit", "other", NULL, 0, CODE_BAD_SIGNATURE, "sig"},
    {"not signed", "vn-2026", "111", NULL, NULL, NULL, 0, CODE_BAD_SIGNATURE, "sig"},
    {"vouched for", "vn-2026", "111", NULL, NULL, "11", LONG_S, CODE_NONE, ""},
    {"by another commune", "vn-2026", "121", NULL, NULL, "11", LONG_S, CODE_OUT_OF_SCOPE, "unit"},
    {"by a token of yesterday", "vn-2026", "111", NULL, NULL, "11", -LONG_S, CODE_UNKNOWN_KEY, ""},
    {"a token does not mend a signature", "vn-2026", "111", "unit", "other", "11", LONG_S, CODE_BAD_SIGNATURE,
     "sig"},
};

static struct report_message *submit_as(size_t at)
{
    struct report report = report_of_unit(senders[at].unit);
    struct principal voucher = {
        .role = ROLE_RELAY, .expires = clock_wall_ms() / 1000 + senders[at].lasts_s, .id = GOOD};
    ck_assert(slice_copy(slice_of(senders[at].election), report.election, sizeof report.election));
    if (senders[at].key != NULL) {
        sign(&report, senders[at].key, senders[at].signer);
    }
    if (senders[at].token != NULL) {
        ck_assert(slice_copy(slice_of(senders[at].token), voucher.area_code, sizeof voucher.area_code));
    }
    return submit(&report, senders[at].token == NULL ? NULL : &voucher);
}

LOOP_TEST(who_may_send_what, COUNT(senders))
{
    struct report_message *message = submit_as((size_t)_i);
    ck_assert_msg((message != NULL) == (senders[_i].code == CODE_NONE), "%s", senders[_i].what);
    ck_assert_uint_eq(times_sent, message != NULL ? 1 : 0);
    if (message != NULL) {
        bring_back_accepted(message);
        return;
    }
    ck_assert_int_eq(answer.status, STATUS_REJECTED);
    ck_assert_msg(answer.code == senders[_i].code, "%s: %s", senders[_i].what, report_code_name(answer.code));
    ck_assert_str_eq(answer.field, senders[_i].field);
    ck_assert_str_eq(answer.unit, senders[_i].unit);
    ck_assert_int_eq(answer.seq, 8);
    ck_assert_str_ne(answer.detail, "");
    ck_assert_str_eq(answer.receipt, "");
    ck_assert_uint_eq(counter_read(&counters.reports_by_code[answer.code]), 1);
    ck_assert_uint_eq(counter_read(&counters.reports_by_status[STATUS_REJECTED]), 1);
}

/* Only who may speak for the unit learns what became of its report. */
LOOP_TEST(after_closing_only_the_unit_is_asked_about, COUNT(senders))
{
    intake_set_phase(intake, PHASE_CLOSED);
    struct report_message *message = submit_as((size_t)_i);
    if (senders[_i].code == CODE_NONE) {
        bring_back_accepted(message);
    } else if (senders[_i].code != CODE_WRONG_ELECTION) {
        ck_assert_msg(answer.code == CODE_CLOSED, "%s: %s", senders[_i].what, report_code_name(answer.code));
    }
}

TEST(unsigned_reports_are_for_a_rehearsal)
{
    struct report report = report_of_unit("111");
    report.test = true;
    struct report_message *message = submit(&report, NULL);
    ck_assert(message->received.test);
    ck_assert_str_eq(message->who, "");
    bring_back_accepted(message);
    ck_assert(answer.test);

    report.test = false;
    intake_set_phase(intake, PHASE_REHEARSAL);
    ck_assert_ptr_null(submit(&report, NULL));
    ck_assert_int_eq(answer.code, CODE_NOT_OPEN);
    intake_set_phase(intake, PHASE_OPEN);
    ck_assert_ptr_null(submit(&report, NULL));
    ck_assert_int_eq(answer.code, CODE_BAD_SIGNATURE);
}

TEST(new_keys_count_from_the_next_report_on)
{
    struct report report = report_of_unit("111");
    sign(&report, "unit", "unit");
    struct signing_keys_builder *builder = signing_keys_builder_new(reg, refuse_fault, NULL);
    struct signing_keys *none = signing_keys_builder_finish(builder);
    signing_keys_builder_free(builder);
    signing_keys_release(credentials.keys);
    credentials.keys = none;
    ck_assert_ptr_null(submit(&report, NULL));
    ck_assert_int_eq(answer.code, CODE_UNKNOWN_KEY);
}

TEST(what_is_no_report_goes_nowhere)
{
    char much[REPORT_BYTES_MAX + 1];
    memset(much, ' ', sizeof much);
    intake_submit(intake, NULL, "{}", 2, on_answer, &answer, TAG);
    ck_assert_int_eq(answer.code, CODE_MALFORMED);
    ck_assert_str_eq(answer.field, "election");
    intake_submit(intake, NULL, much, sizeof much, on_answer, &answer, TAG);
    ck_assert_int_eq(answer.code, CODE_TOO_LARGE);
    intake_refuse(intake, CODE_TOO_LARGE, "a line of more than 4096 bytes", on_answer, &answer, TAG);
    ck_assert_str_eq(answer.detail, "a line of more than 4096 bytes; shorten it and send it again");
    ck_assert_uint_eq(counter_read(&counters.reports_by_code[CODE_TOO_LARGE]), 2);
    ck_assert_ptr_null(tally_port_take(&port));
}

static void expect_vouched(const char *id, enum report_code code, const char *why)
{
    struct report report = report_of_unit("111");
    struct principal voucher = {.role = ROLE_RELAY, .area_code = "VN", .expires = INT64_MAX};
    ck_assert(slice_copy(slice_of(id), voucher.id, sizeof voucher.id));
    struct report_message *message = submit(&report, &voucher);
    ck_assert_int_eq(message != NULL, code == CODE_NONE);
    if (message != NULL) {
        bring_back_accepted(message);
        return;
    }
    ck_assert_int_eq(answer.code, code);
    ck_assert_ptr_nonnull(strstr(answer.detail, why));
}

/* Also in the midst of a stream, which keeps who began it. */
TEST(a_token_that_is_revoked_or_not_known_vouches_no_more)
{
    expect_vouched(GOOD, CODE_NONE, "");
    expect_vouched(REVOKED, CODE_UNKNOWN_KEY, "revoked");
    expect_vouched(UNKNOWN, CODE_UNKNOWN_KEY, "does not know");
    tokens_release(credentials.tokens);
    credentials.tokens = tokens_of("2026-03-15T09:00:00Z");
    expect_vouched(GOOD, CODE_UNKNOWN_KEY, "revoked");
}

/* ---- to the tally and back ---- */

TEST(the_tally_gets_all_that_it_decides_on)
{
    struct report report = report_of_unit("111");
    struct principal voucher = {
        .role = ROLE_RELAY, .area_code = "VN", .expires = INT64_MAX, .id = GOOD, .label = "Xã \"1\""};
    struct buffer sent = {0};
    report_json_write(&sent, &report);
    int64_t before_ms = clock_wall_ms();
    struct report_message *message = submit(&report, &voucher);
    ck_assert_ptr_nonnull(message);
    const struct report_received *received = &message->received;
    unsigned char digest[REPORT_DIGEST_BYTES];
    report_digest(&report, digest);
    ck_assert_int_eq(message->message.kind, MESSAGE_REPORT);
    ck_assert_uint_eq(message->message.unit, register_find_unit(reg, slice_of("111")));
    ck_assert_ptr_eq(message->message.port, &port);
    ck_assert_int_eq(received->seq, 8);
    ck_assert_int_eq(received->voted, 700);
    ck_assert_int_eq(received->registered, 905);
    ck_assert_int_eq(received->kind, KIND_CORRECTION);
    ck_assert_int_eq(received->reason, REASON_MISTYPED);
    ck_assert_uint_eq(received->round, 2);
    ck_assert_int_eq(received->as_of, THREE);
    ck_assert(received->received_ms >= before_ms && received->received_ms <= clock_wall_ms());
    ck_assert_mem_eq(received->digest, digest, sizeof digest);
    ck_assert_str_eq(message->as_of_text, AS_OF);
    ck_assert_str_eq(message->who, "Xã \"1\" (7K4Q9M2D)");
    ck_assert(!message->is_charged);
    ck_assert_uint_eq(message->sent_bytes, sent.length);
    ck_assert_mem_eq(message->sent, sent.bytes, sent.length);
    buffer_done(&sent);
    bring_back_accepted(message);
}

static const struct {
    enum report_status status;
    enum report_code code;
    bool has_receipt;
    bool has_generation;
} outcomes[] = {
    {STATUS_ACCEPTED, CODE_NONE, true, true},     {STATUS_DUPLICATE, CODE_NONE, true, true},
    {STATUS_HELD, CODE_CORRECTION, true, true},   {STATUS_SUPERSEDED, CODE_NONE, true, false},
    {STATUS_REJECTED, CODE_CLOSED, false, false}, {STATUS_UNAVAILABLE, CODE_STORE_UNAVAILABLE, false, false},
};

LOOP_TEST(the_word_of_the_tally_is_the_answer, COUNT(outcomes))
{
    struct report report = report_of_unit("111");
    sign(&report, "unit", "unit");
    struct report_message *message = submit(&report, NULL);
    message->outcome = (struct report_outcome){.status = outcomes[_i].status, .code = outcomes[_i].code};
    message->why = "the store is away";
    ck_assert(slice_copy(slice_of("a-generation"), message->generation, sizeof message->generation));
    bring_back(message);
    ck_assert_int_eq(answer.status, outcomes[_i].status);
    ck_assert_int_eq(answer.code, outcomes[_i].code);
    ck_assert_str_eq(answer.unit, "111");
    ck_assert_int_eq(answer.seq, 8);
    ck_assert((answer.receipt[0] != '\0') == outcomes[_i].has_receipt);
    ck_assert_str_eq(answer.generation, outcomes[_i].has_generation ? "a-generation" : "");
    ck_assert_uint_eq(counter_read(&counters.reports_by_status[answer.status]), 1);
    bool is_counted = answer.status == STATUS_REJECTED || answer.status == STATUS_UNAVAILABLE;
    ck_assert_uint_eq(counter_read(&counters.reports_by_code[answer.code]), is_counted ? 1 : 0);
    if (answer.status == STATUS_UNAVAILABLE) {
        ck_assert_str_eq(answer.detail, "the store is away; send the same report again later");
    }
}

TEST(when_too_many_wait_the_next_is_told_at_once)
{
    static struct message others[TALLY_PORT_MESSAGES_MAX];
    for (size_t i = 0; i < COUNT(others); i++) {
        ck_assert(tally_port_send(&port, &others[i]));
        ck_assert_ptr_eq(tally_port_take(&port), &others[i]);
    }
    struct report report = report_of_unit("111");
    sign(&report, "unit", "unit");
    ck_assert_ptr_null(submit(&report, NULL));
    ck_assert_int_eq(answer.status, STATUS_UNAVAILABLE);
    ck_assert_int_eq(answer.code, CODE_STORE_UNAVAILABLE);
    ck_assert_str_eq(answer.unit, "111");
    ck_assert_uint_eq(times_sent, 0);
    for (size_t i = 0; i < COUNT(others); i++) {
        tally_port_answer(&port, &others[i]);
        ck_assert_ptr_nonnull(tally_port_receive(&port));
    }
    bring_back_accepted(submit(&report, NULL));
}

SUITE("intake");
