/* Bulletins over HTTP, for committees: a new one, and the files that they alone get. */
#include "committee_http.h"

#include <turnout/base/clock.h>
#include <turnout/wire/json_writer.h>

#include "bulletin_answer.h"
#include "committee_desk.h"
#include "retry_after.h"
#include "too_many.h"

static void on_bulletin(void *context, enum turnout_error error, const char *why, int64_t number)
{
    struct http_exchange *exchange = context;
    if (error == TURNOUT_UNAVAILABLE) {
        char headers[RETRY_AFTER_BYTES];
        retry_after_header(headers);
        http_answer_problem(exchange, 503, "bulletin-not-frozen", "Bulletin not frozen", why, "", headers);
        return;
    }
    if (error != TURNOUT_OK) {
        desk_refuse_for_store(exchange, error, why);
        return;
    }
    struct buffer body = {0};
    struct json_writer json = desk_open_json(&body);
    json_put_integer(&json, "bulletin", number);
    desk_answer_json(exchange, 201, &json);
}

void committee_post_bulletin(void *context, struct http_exchange *exchange,
                             const struct http_request *request, struct slice segment, struct slice body)
{
    (void)segment;
    const struct intake_desk *desk = context;
    struct principal principal;
    char label[BULLETIN_LABEL_BYTES];
    const struct text_member members[] = {{"label", label, sizeof label, TEXT_REQUIRED}};
    if (!desk_admit_admin(desk, exchange, request, &principal) ||
        !desk_read_body(exchange, request, body, members, 1) || !desk_is_showing(desk, exchange)) {
        return;
    }
    if (!bulletin_label_is_good(slice_of(label))) {
        desk_refuse_member(exchange, "label", "must be one line of text without blanks at its ends");
        return;
    }
    http_answer_later(exchange);
    committee_begin_bulletin(desk->committee, &principal, label, on_bulletin, exchange);
}

/* `areas/<code>.csv`: the commune of the register; REGISTER_NONE for any other file. */
static uint32_t commune_of(const struct intake_desk *desk, struct slice name)
{
    struct slice code = name;
    struct slice ending;
    (void)text_split(&code, '/');
    (void)text_split_last(&code, '.', &ending);
    uint32_t area = register_find_area(desk->reg, code);
    return area != REGISTER_NONE && desk->reg->areas[area].level == AREA_COMMUNE ? area : REGISTER_NONE;
}

/* For the files of communes, where the public does not get them. The segment is `<number>/areas/<code>.csv`. Of one
 * that is no commune's only the nation's own may hear so. */
void committee_get_bulletin_area(void *context, struct http_exchange *exchange,
                                 const struct http_request *request, struct slice segment, struct slice body)
{
    (void)body;
    const struct intake_desk *desk = context;
    struct slice name = segment;
    struct slice number = text_split(&name, '/');
    uint32_t commune = commune_of(desk, name);
    struct error why;
    if (too_many_refuse(exchange, false)) {
        return;
    }
    enum admission admission = committee_admit_commune_reader(
        desk->committee, http_request_header(request, "Authorization"),
        commune == REGISTER_NONE ? REGISTER_NATION : commune, clock_wall_ms() / 1000, &why);
    if (admission != ADMITTED) {
        desk_refuse_admission(exchange, admission, &why);
        return;
    }
    visit_note_success(http_exchange_visit(exchange));
    if (!desk_is_showing(desk, exchange)) {
        return;
    }
    struct publication *publication = committee_publication(desk->committee);
    const struct bulletin *bulletin = bulletin_of_path(publication, exchange, number);
    if (bulletin != NULL) {
        bulletin_answer(publication, bulletin,
                        bulletin_file_document(bulletin, bulletin_find_file(bulletin, name)), exchange,
                        request, NULL);
    }
}
