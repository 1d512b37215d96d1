/* What the documents of figures begin with, and what they have in common. */
#ifndef TURNOUT_WIRE_DOCUMENT_ENVELOPE_H
#define TURNOUT_WIRE_DOCUMENT_ENVELOPE_H

#include <turnout/base/buffer.h>
#include <turnout/wire/figures.h>
#include <turnout/wire/json_writer.h>

/* Opens the document and writes the envelope; the caller adds what it is about and closes it. */
struct json_writer document_open(struct buffer *out, const struct figures *figures);

/* "unofficial-complete" once every unit has sent its final report, and that is shown; before, "unofficial-partial". */
const char *document_status(const struct figures *figures);

/* Whether the area's figures may be shown; where not, null stands in their place. */
bool document_is_shown(const struct area_figures *counted);

/* RFC 3339, of the election's own time. */
void document_put_moment(struct json_writer *json, const char *key, const struct figures *figures,
                         int64_t moment);
void document_put_as_of(struct json_writer *json, const struct figures *figures,
                        const struct area_figures *counted);

/* Of an area; null where it is not shown. */
void document_put_count(struct json_writer *json, const char *key, const struct area_figures *counted,
                        int64_t count);
void document_put_percent(struct json_writer *json, const char *key, const struct area_figures *counted,
                          int64_t part, int64_t whole);

#endif
