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

/* Of when the figures were with which the area reached the mark; null where it has not, or is not shown. */
void document_put_milestone(struct json_writer *json, const char *key, const struct figures *figures,
                            const struct area_figures *counted, enum mark mark);

/* Of an area; null where it is not shown. */
void document_put_count(struct json_writer *json, const char *key, const struct area_figures *counted,
                        int64_t count);
void document_put_percent(struct json_writer *json, const char *key, const struct area_figures *counted,
                          int64_t part, int64_t whole);

/* Hundredths of a percentage point, below 0 where it fell, as a JSON number of at most two decimals; null where nobody
 * knows. */
void document_put_points(struct json_writer *json, const char *key, bool is_known, int32_t hundredths);

/* Where there are figures of the election before: which that is, and those of an area's hour (previous_documents.c). */
void document_put_previous_election(struct json_writer *json, const struct figures *figures);
void document_put_previous(struct json_writer *json, const struct figures *figures, uint32_t index);

#endif
