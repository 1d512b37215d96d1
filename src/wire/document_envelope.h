/* The common parts of documents with figures. */
#ifndef TURNOUT_WIRE_DOCUMENT_ENVELOPE_H
#define TURNOUT_WIRE_DOCUMENT_ENVELOPE_H

#include <turnout/base/buffer.h>
#include <turnout/wire/figures.h>
#include <turnout/wire/json_writer.h>

/* Opens the document and writes the envelope; the caller adds the content and closes it. */
struct json_writer document_open(struct buffer *out, const struct figures *figures);

/* "unofficial-complete" once every unit has sent its final report and this is shown, else "unofficial-partial". */
const char *document_status(const struct figures *figures);

/* Whether the area's figures may be shown; if not, they are null. */
bool document_is_shown(const struct area_figures *counted);

/* Writes RFC 3339 in the election's own time. */
void document_put_moment(struct json_writer *json, const char *key, const struct figures *figures,
                         int64_t moment);
void document_put_as_of(struct json_writer *json, const struct figures *figures,
                        const struct area_figures *counted);

/* Writes the time of the figures that reached the mark; null when it is not reached, or not shown. */
void document_put_milestone(struct json_writer *json, const char *key, const struct figures *figures,
                            const struct area_figures *counted, enum mark mark);

/* Writes an area's count; null when it is not shown. */
void document_put_count(struct json_writer *json, const char *key, const struct area_figures *counted,
                        int64_t count);
void document_put_percent(struct json_writer *json, const char *key, const struct area_figures *counted,
                          int64_t part, int64_t whole);

/* Writes hundredths of a percentage point as a JSON number of at most two decimals; null when unknown. */
void document_put_points(struct json_writer *json, const char *key, bool is_known, int32_t hundredths);

/* Writes, where they are known, the previous election, and an area's figures at the same hour of it
 * (previous_documents.c). */
void document_put_previous_election(struct json_writer *json, const struct figures *figures);
void document_put_previous(struct json_writer *json, const struct figures *figures, uint32_t index);

#endif
