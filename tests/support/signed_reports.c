/* Keys from their ids, and reports signed with them. */
#include "signed_reports.h"

#include <check.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>
#include <turnout/wire/report_json.h>

#include "http.h"
#include "small_election.h"

void signing_seed_of(const char *id, unsigned char ret_seed[SIGNING_SEED_BYTES])
{
    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_int_eq(
        crypto_generichash(ret_seed, SIGNING_SEED_BYTES, (const unsigned char *)id, strlen(id), NULL, 0), 0);
}

static void add_row(struct buffer *out, const struct key_row *row)
{
    unsigned char seed[SIGNING_SEED_BYTES];
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
    char text[PUBLIC_KEY_TEXT_BYTES + 1];
    signing_seed_of(row->id, seed);
    ck_assert_int_eq(crypto_sign_seed_keypair(public_key, secret_key, seed), 0);
    (void)sodium_bin2base64(text, sizeof text, public_key, sizeof public_key,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    buffer_printf(out, "%s,%s,%s,%s,%s,%s\n", row->id, row->area, text, row->from, row->until, row->revoked);
}

void key_rows_write(const struct workspace *workspace, const struct key_row *rows, size_t count)
{
    struct buffer text = {0};
    buffer_append_text(&text, "key,area,public_key,from,until,revoked\n");
    for (size_t i = 0; i < count; i++) {
        add_row(&text, &rows[i]);
    }
    workspace_write(workspace, "election/keys.csv", text.bytes);
    buffer_done(&text);
}

struct report signed_report_of(int32_t seq, int32_t voted)
{
    struct report report = {.election = "small",
                            .unit = "0101-001",
                            .seq = seq,
                            .as_of_text = "2026-03-15T09:00:00+07:00",
                            .voted = voted,
                            .registered = REGISTERED_ABSENT,
                            .test = true};
    return report;
}

void signed_report_sign(struct report *report, const char *key, const char *signer)
{
    unsigned char seed[SIGNING_SEED_BYTES];
    signing_seed_of(signer, seed);
    ck_assert(slice_copy(slice_of(key), report->key, sizeof report->key));
    report_sign(report, seed);
}

int signed_report_post(uint16_t intake_http_port, const struct report *report, char ret_code[CODE_TEXT_BYTES])
{
    struct buffer body = {0};
    report_json_write(&body, report);
    struct http_answer answer;
    http_post(intake_http_port, "/v1/reports", "application/json", body.bytes, body.length, &answer);
    json_t *result = json_of(answer.body);
    const char *code = json_string_value(json_object_get(result, "code"));
    ck_assert(slice_copy(slice_of(code == NULL ? "" : code), ret_code, CODE_TEXT_BYTES));
    int status = answer.status;
    json_decref(result);
    http_answer_done(&answer);
    buffer_done(&body);
    return status;
}
