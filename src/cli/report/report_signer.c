/* Signs with the user's key. */
#include "report/report_signer.h"

#include <inttypes.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/wire/read_signature.h>

#include "keys/key_pem.h"

enum turnout_error report_signer_init(const char *key_path, const char *key_id,
                                      struct report_signer *ret_signer, struct error *error)
{
    *ret_signer = (struct report_signer){.key_id = key_id};
    return key_id[0] == '\0' ? TURNOUT_OK : key_pem_read(key_path, ret_signer->seed, error);
}

void report_signer_done(struct report_signer *signer)
{
    sodium_memzero(signer->seed, sizeof signer->seed);
}

bool report_signer_sign(const struct report_signer *signer, struct report *report)
{
    if (strcmp(report->key, signer->key_id) != 0) {
        return false;
    }
    if (signer->key_id[0] != '\0') {
        report_sign(report, signer->seed);
    }
    return true;
}

static void authorize(const struct report_signer *signer, struct http_client *client, const char *election,
                      const char *unit)
{
    struct read_signature signature = {.time = clock_wall_ms() / 1000};
    struct buffer value = {0};
    if (slice_copy(slice_of(signer->key_id), signature.key, sizeof signature.key)) {
        read_signature_sign(&signature, election, unit, signer->seed);
        buffer_printf(&value, "Signature %s.%" PRId64 ".%s", signature.key, signature.time, signature.sig);
        http_client_authorize(client, value.bytes);
    }
    buffer_done(&value);
}

static int32_t read_next_seq(const struct http_response *response)
{
    json_t *unit = http_response_json(response);
    json_int_t seq = json_integer_value(json_object_get(unit, "next_seq"));
    json_decref(unit);
    return response->status == 200 && seq >= 1 && seq <= SEQ_MAX ? (int32_t)seq : 0;
}

int32_t report_signer_ask_seq(const struct report_signer *signer, struct http_client *client,
                              const char *election, const char *unit)
{
    if (signer->key_id[0] == '\0') {
        return 0;
    }
    struct http_response response = {0};
    struct error error;
    struct buffer path = {0};
    buffer_printf(&path, "/v1/units/%s", unit);
    authorize(signer, client, election, unit);
    int32_t seq = http_client_get(client, path.bytes, NULL, &response, &error) == TURNOUT_OK
                      ? read_next_seq(&response)
                      : 0;
    http_client_authorize(client, NULL);
    buffer_done(&path);
    http_response_done(&response);
    return seq;
}
